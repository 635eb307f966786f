import type { EngineKind } from './engine.ts';
import { kafka } from './kafka.ts';
import { mongodb } from './mongodb.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';
import { s3 } from './s3.ts';

export const kinds = { redis, postgres, mongodb, kafka, s3 } as const satisfies Record<string, EngineKind>;
export type EngineName = keyof typeof kinds;
