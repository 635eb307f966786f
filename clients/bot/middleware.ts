import type { Context } from './context.ts';

export type Next = () => Promise<void>;
/** What is done with an event: something before `next()`, something after it, or instead of it. */
export type Middleware = (ctx: Context, next: Next) => unknown;
/** What ends it: nothing behind it is asked. */
export type Handler = (ctx: Context) => unknown;

/** One around the other, the first outermost. */
export function compose(all: readonly Middleware[]): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const run = async (at: number): Promise<void> => {
      let called = false;
      await all[at]?.(ctx, () => {
        if (called) return Promise.reject(new Error('next() was called twice'));
        called = true;
        return run(at + 1);
      });
    };
    await run(0);
  };
}
