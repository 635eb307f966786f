import type { Webhook } from './store.ts';

/** The secrets that sign now: after a change for some time both, so that a receiver need not change at the same moment. */
export function secretsOf(
  { secret, formerSecret }: Pick<Webhook, 'secret' | 'formerSecret'>,
  now: number,
): string[] {
  return formerSecret === null || formerSecret.until <= now ? [secret] : [secret, formerSecret.secret];
}
