import type { Target } from '../systems/system.ts';

/** Figures by name. Times are milliseconds unless the name says otherwise, rates are per second, processor use is percent of one core. */
export type Measure = Record<string, number>;

/** What the load generator is to do to a running system. */
export type Load =
  | {
      kind: 'one-to-one';
      pairs: number;
      window: number;
      seconds: number;
      rate: number | null;
      closed?: boolean;
    }
  | { kind: 'group'; members: number; away: number; window: number; seconds: number }
  | { kind: 'drain'; devices: number; messages: number; rounds: number }
  | { kind: 'idle'; connections: number }
  | { kind: 'history'; messages: number; pages: number };

export interface Job {
  target: Target;
  load: Load;
}

export type Answer = { measure: Measure; notes: string[] } | { error: string };

/** Seconds of the same load before anything is counted, so that what is measured is compiled code. */
export const WARM_UP_SECONDS = 1.5;
