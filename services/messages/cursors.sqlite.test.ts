import { cursorsConformance } from './cursors.conformance.ts';
import { temporaryMessages } from './temporary.ts';

cursorsConformance('SQLite', temporaryMessages);
