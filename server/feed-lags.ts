import type { Metrics } from '../platform/metrics.ts';

const EVERY_MS = 1_000;

/** Exports how far the readers of the event stream are behind. The function ends it. */
export function exportLags(feed: { readonly lags: Map<string, number> }, { feed_lag }: Metrics): () => void {
  let before = new Map<string, number>();
  const timer = setInterval(() => {
    const lags = feed.lags;
    for (const [reader, lag] of lags) feed_lag.labels(reader).set(lag);
    for (const reader of before.keys()) if (!lags.has(reader)) feed_lag.remove(reader);
    before = lags;
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
