import type { Clock } from '../../platform/clock.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { TokenBuckets } from '../../platform/token-bucket.ts';
import type { PushOutcome, RouteKind, RouteTarget } from './sender.ts';
import type { PushSettings } from './settings.ts';

/**
 * Whether an attempt may begin. `leave` must be called with what came of it. `at`: when to ask again, milliseconds since the epoch; `broken`: it is left
 * alone because it fails, and not because there is much to do.
 */
export type Entry =
  | { ok: true; leave(outcome: PushOutcome['outcome']): void }
  | { ok: false; at: number; broken: boolean };

/** Holds each vendor, and each host of endpoints, to so many attempts at once and a second, and leaves alone for a while what only fails. */
export interface Providers {
  /** Waits for a moment for its turn, when others are before it. */
  enter(target: RouteTarget): Promise<Entry>;
}

interface Provider {
  kind: RouteKind;
  underWay: number;
  waiting: (() => void)[];
  failures: number;
  /** Times it was opened in a row. */
  opened: number;
  openUntil: number;
  probing: boolean;
}

const MOST_OPEN_MS = 300_000;
/** Those without trouble and without work are forgotten above this. */
const MOST_PROVIDERS = 1_000;
const FULL_MS = 1_000;

export function createProviders(parts: {
  settings: Pick<
    PushSettings,
    'atOncePerProvider' | 'perSecondPerProvider' | 'breakerFailures' | 'breakerMs'
  >;
  clock: Clock;
  metrics?: Pick<Metrics, 'push_breakers_open'>;
  random?: () => number;
}): Providers {
  const { settings, clock, metrics, random = Math.random } = parts;
  const { atOncePerProvider, perSecondPerProvider, breakerFailures, breakerMs } = settings;
  const providers = new Map<string, Provider>();
  const rate = new TokenBuckets(
    perSecondPerProvider,
    Math.max(1, perSecondPerProvider),
    clock,
    MOST_PROVIDERS * 2,
  );

  function provider(name: string, kind: RouteKind): Provider {
    let found = providers.get(name);
    if (found === undefined) {
      if (providers.size >= MOST_PROVIDERS) forgetIdle();
      found = { kind, underWay: 0, waiting: [], failures: 0, opened: 0, openUntil: 0, probing: false };
      providers.set(name, found);
    }
    return found;
  }

  function forgetIdle(): void {
    for (const [name, { underWay, waiting, failures, openUntil }] of providers)
      if (underWay === 0 && waiting.length === 0 && failures === 0 && openUntil === 0) providers.delete(name);
  }

  function tellOpen(kind: RouteKind): void {
    const open = [...providers.values()].filter((one) => one.kind === kind && one.openUntil > 0).length;
    metrics?.push_breakers_open.labels(kind).set(open);
  }

  /** It answers: also when it says no. */
  function answered(one: Provider): void {
    one.failures = 0;
    if (one.openUntil === 0) return;
    one.openUntil = 0;
    one.opened = 0;
    tellOpen(one.kind);
  }

  function failed(one: Provider, wasProbe: boolean): void {
    one.failures++;
    if (!wasProbe && (one.failures < breakerFailures || one.openUntil > clock.now())) return;
    const ms = Math.min(MOST_OPEN_MS, breakerMs * 2 ** Math.min(one.opened, 20));
    one.opened++;
    one.openUntil = clock.now() + ms;
    tellOpen(one.kind);
  }

  /** When it may be asked again, a little apart from others; null: now. */
  function closedUntil(one: Provider): number | null {
    const now = clock.now();
    if (one.openUntil > now) return one.openUntil + Math.round(random() * FULL_MS);
    // One goes ahead and sees.
    if (one.openUntil > 0 && one.probing) return now + FULL_MS + Math.round(random() * FULL_MS);
    return null;
  }

  return {
    async enter(target) {
      const name = nameOf(target);
      const one = provider(name, target.kind);
      const late = (at: number, broken: boolean): Entry => ({ ok: false, at, broken });
      let closed = closedUntil(one);
      if (closed !== null) return late(closed, true);
      if (one.underWay >= atOncePerProvider) {
        // Others need hands too: not everybody waits here.
        if (one.waiting.length >= Math.ceil(atOncePerProvider / 2)) return late(clock.now() + FULL_MS, false);
        await new Promise<void>((go) => one.waiting.push(go));
        closed = closedUntil(one);
      } else one.underWay++;
      const leave = () => {
        const next = one.waiting.shift();
        // The place goes on to who waited longest.
        if (next === undefined) one.underWay--;
        else next();
      };
      const wait = closed === null ? rate.take(name) : 0;
      if (closed !== null || wait > 0) {
        leave();
        return late(closed ?? clock.now() + wait + Math.round(random() * wait), closed !== null);
      }
      const probe = one.openUntil > 0;
      if (probe) one.probing = true;
      return {
        ok: true,
        leave(outcome) {
          if (probe) one.probing = false;
          if (outcome === 'retry' || outcome === 'unknown') failed(one, probe);
          else answered(one);
          leave();
        },
      };
    },
  };
}

/** A vendor is one; endpoints that devices gave are as many as there are hosts of them. */
function nameOf(target: RouteTarget): string {
  return 'endpoint' in target ? `${target.kind} ${new URL(target.endpoint).host}` : target.kind;
}
