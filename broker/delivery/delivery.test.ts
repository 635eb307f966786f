import { temporaryMessages } from '../../services/messages/temporary.ts';
import { deliveryConformance } from './delivery.conformance.ts';

deliveryConformance('SQLite', temporaryMessages);
