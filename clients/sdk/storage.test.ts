import { storageConformance } from './storage.conformance.ts';
import { MemoryStorage } from './storage.ts';

storageConformance('MemoryStorage', { create: async () => new MemoryStorage() });
