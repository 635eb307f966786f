import type { Locator, Page } from 'playwright-core';

export interface Point {
  x: number;
  y: number;
}

/** For tests: a finger on a page that is touched. What the browser makes of it (scrolling, long presses, clicks) it makes itself. */
export interface Finger {
  down(at: Point): Promise<void>;
  /** In steps, as fingers do. */
  drawTo(at: Point): Promise<void>;
  up(): Promise<void>;
  /** The browser takes it away: another app, a call. */
  cancel(): Promise<void>;
}

const STEPS = 8;

export async function fingerOn(page: Page): Promise<Finger> {
  const chrome = await page.context().newCDPSession(page);
  let here: Point = { x: 0, y: 0 };
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel', touchPoints: Point[]) =>
    chrome.send('Input.dispatchTouchEvent', { type, touchPoints });
  return {
    async down(at) {
      here = at;
      await touch('touchStart', [at]);
    },
    async drawTo(at) {
      const from = here;
      for (let step = 1; step <= STEPS; step++) {
        const part = (a: number, b: number) => a + ((b - a) * step) / STEPS;
        here = { x: part(from.x, at.x), y: part(from.y, at.y) };
        await touch('touchMove', [here]);
      }
    },
    async up() {
      await touch('touchEnd', []);
    },
    async cancel() {
      await touch('touchCancel', []);
    },
  };
}

/** Where one touches it, once it stands still and nothing is over it: its middle. */
export async function middleOf(page: Page, element: Locator): Promise<Point> {
  await element.tap({ trial: true });
  const box = (await element.boundingBox())!;
  const { width, height } = page.viewportSize()!;
  const inside = (value: number, most: number) => Math.min(Math.max(value, 1), most - 1);
  return { x: inside(box.x + box.width / 2, width), y: inside(box.y + box.height / 2, height) };
}
