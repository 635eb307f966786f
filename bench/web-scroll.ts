/**
 * A conversation of 100,000 messages in the web app's conversation view, scrolled in Chromium: frames and memory.
 * `node bench/web-scroll.ts [messages]`
 */
import type { CDPSession, Page } from 'playwright-core';
import { conversationPages } from '../clients/web/test/conversation-page.ts';
import { machine } from './machine.ts';

const count = Number(process.argv[2] ?? 100_000);
/** Of each part, seconds; and pixels a second: a fast wheel, and a flick. */
const SECONDS = 12;
const SPEEDS = [2_400, 6_000] as const;
const JUMPS = 20;
/** A frame that took longer was dropped, milliseconds: at 60 a second it is due after 16.7. */
const LATE_MS = 25;

interface Frames {
  frames: number[];
  /** Pixels. */
  moved: number;
}

/** In the page: moves the list by so many pixels a second, frame by frame. */
async function scroll({ speed, seconds }: { speed: number; seconds: number }): Promise<Frames> {
  const list = document.querySelector('[role=feed]')!;
  const frames: number[] = [];
  let moved = 0;
  const begun = performance.now();
  for (let last = begun; last - begun < seconds * 1_000; ) {
    const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const took = Math.max(0, now - last);
    frames.push(took);
    const step = (Math.min(took, 100) * speed) / 1_000;
    list.scrollBy(0, -step);
    moved += step;
    last = Math.max(now, last);
  }
  return { frames: frames.slice(2), moved };
}

const quantile = (all: readonly number[], part: number) =>
  [...all].sort((a, b) => a - b)[Math.floor((all.length - 1) * part)] ?? 0;

async function memory(cdp: CDPSession): Promise<string> {
  // What the first frees lets go of more.
  for (let round = 0; round < 3; round++) await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return `heap ${(of('JSHeapUsedSize') / 1024 ** 2).toFixed(1)} MiB, ${of('Nodes')} DOM nodes`;
}

/** What the page's thread did since the last time, milliseconds a frame: so much is ours, whatever else the machine does. */
async function work(cdp: CDPSession, before: Work | null, frames: number): Promise<[string, Work]> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const now = Object.fromEntries(metrics.map(({ name, value }) => [name, value])) as Work;
  const of = (name: keyof Work) => (((now[name] - (before?.[name] ?? 0)) * 1_000) / frames).toFixed(2);
  return [
    `script ${of('ScriptDuration')}, style ${of('RecalcStyleDuration')}, layout ${of('LayoutDuration')} ms a frame`,
    now,
  ];
}
type Work = Record<'ScriptDuration' | 'RecalcStyleDuration' | 'LayoutDuration', number>;

const told = (frames: readonly number[]) => {
  const late = frames.filter((took) => took > LATE_MS).length;
  const at = (part: number) => quantile(frames, part).toFixed(1);
  return `${frames.length} frames, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, late ${((100 * late) / frames.length).toFixed(1)} %`;
};

const lowest = (page: Page) =>
  page.evaluate(() =>
    Math.min(
      ...[...document.querySelectorAll<HTMLElement>('[data-seq]')].map((one) => Number(one.dataset.seq)),
    ),
  );

const pages = await conversationPages('conversation-long');
try {
  const { page, troubles } = await pages.page({ viewport: { width: 1280, height: 800 } });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  await page.evaluate(
    (messages) => (globalThis as never as { fill(count: number): Promise<void> }).fill(messages),
    count,
  );
  const begun = performance.now();
  await page.waitForSelector(`[data-seq="${count}"]`);
  for (const [name, value] of machine()) console.log(`${name}: ${value}`);
  console.log(`Chromium: ${pages.browser.version()}, without a graphics card`);
  console.log(
    `messages: ${count}; shown ${Math.round(performance.now() - begun)} ms after the store was open`,
  );
  console.log(`at the newest: ${await memory(cdp)}`);
  console.log(
    `nothing moves: ${told((await page.evaluate(scroll, { speed: 0, seconds: SECONDS / 2 })).frames)}`,
  );
  for (const speed of SPEEDS) {
    const from = await lowest(page);
    const [, before] = await work(cdp, null, 1);
    const { frames, moved } = await page.evaluate(scroll, { speed, seconds: SECONDS });
    const [worked] = await work(cdp, before, frames.length);
    const passed = from - (await lowest(page));
    console.log(`${speed} px/s: ${told(frames)}; ${worked}; ${Math.round(moved)} px, ${passed} messages`);
  }
  console.log(`after scrolling: ${await memory(cdp)}`);
  const times: number[] = [];
  for (let jump = 0; jump < JUMPS; jump++) {
    const seq = 1 + ((jump * 48_611) % count);
    const started = performance.now();
    await page.evaluate((to) => (globalThis as never as { jump(seq: number): Promise<void> }).jump(to), seq);
    await page.waitForSelector('[data-seq]');
    times.push(performance.now() - started);
  }
  console.log(
    `${JUMPS} jumps: p50 ${quantile(times, 0.5).toFixed(0)} ms, most ${Math.max(...times).toFixed(0)} ms`,
  );
  const { frames } = await page.evaluate(scroll, { speed: SPEEDS[0], seconds: SECONDS / 2 });
  console.log(`from an old message on: ${told(frames)}`);
  console.log(`in the end: ${await memory(cdp)}`);
  if (troubles.length > 0) console.log(troubles);
} finally {
  await pages.close();
}
