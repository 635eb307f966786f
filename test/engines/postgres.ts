import type { EngineKind } from './engine.ts';

export const postgres: EngineKind = {
  name: 'postgres',
  missing: async () => 'not written yet',
  prepare: async () => {},
  start: () => Promise.reject(new Error('not written yet')),
};
