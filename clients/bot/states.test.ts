import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStorage } from '../sdk/index.ts';
import { openFileStorage } from '../sdk/node.ts';
import { stateStoreConformance } from './states.conformance.ts';
import { MemoryStates, StoredStates } from './states.ts';

stateStoreConformance('memory', async () => ({
  states: new MemoryStates(),
  commit: async () => {},
  dispose: async () => {},
}));

stateStoreConformance('the SDK’s storage, memory', async () => {
  const storage = new MemoryStorage();
  return {
    states: new StoredStates(storage, 'me'),
    commit: (entries) => storage.write(entries),
    dispose: () => storage.close(),
  };
});

stateStoreConformance('the SDK’s storage, a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dunlin-bot-'));
  const storage = await openFileStorage(join(folder, 'bot.db'));
  return {
    states: new StoredStates(storage, 'me'),
    commit: (entries) => storage.write(entries),
    async dispose() {
      await storage.close();
      await rm(folder, { recursive: true });
    },
  };
});
