import type { EngineKind } from './engine.ts';
import { kafka } from './kafka.ts';
import { mongodb } from './mongodb.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';

export const kinds = { redis, postgres, mongodb, kafka } as const satisfies Record<string, EngineKind>;
export type EngineName = keyof typeof kinds;
