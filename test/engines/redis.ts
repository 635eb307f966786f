import type { EngineKind } from './engine.ts';

export const redis: EngineKind = {
  name: 'redis',
  missing: async () => 'not written yet',
  prepare: async () => {},
  start: () => Promise.reject(new Error('not written yet')),
};
