import type { Metrics } from '../../platform/metrics.ts';
import { Refused } from '../../protocol/errors.ts';

/** The same, counted by its result: who watches the counters sees passwords being guessed. */
export function counted<A extends unknown[], R>(
  metrics: Pick<Metrics, 'sign_ins_total'> | undefined,
  way: 'register' | 'login' | 'refresh',
  signIn: (...given: A) => Promise<R>,
): (...given: A) => Promise<R> {
  if (metrics === undefined) return signIn;
  return async (...given) => {
    try {
      const result = await signIn(...given);
      metrics.sign_ins_total.labels(way, 'ok').inc();
      return result;
    } catch (error) {
      metrics.sign_ins_total.labels(way, error instanceof Refused ? error.refusal.code : 'internal').inc();
      throw error;
    }
  };
}
