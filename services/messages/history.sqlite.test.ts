import { historyConformance } from './history.conformance.ts';
import { temporaryMessages } from './temporary.ts';

historyConformance('SQLite', temporaryMessages);
