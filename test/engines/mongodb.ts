import type { EngineKind } from './engine.ts';

export const mongodb: EngineKind = {
  name: 'mongodb',
  missing: async () => 'not written yet',
  prepare: async () => {},
  start: () => Promise.reject(new Error('not written yet')),
};
