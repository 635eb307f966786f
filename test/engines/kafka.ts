import type { EngineKind } from './engine.ts';

export const kafka: EngineKind = {
  name: 'kafka',
  missing: async () => 'not written yet',
  prepare: async () => {},
  start: () => Promise.reject(new Error('not written yet')),
};
