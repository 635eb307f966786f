import { type Signal, signal } from '@preact/signals';

/** What was last said to the server: for which device, which endpoint, and when (milliseconds since the epoch). */
export interface Kept {
  device: string;
  endpoint: string;
  at: number;
}

const KEY = 'dunlin.push';
const OFFERED = 'dunlin.push.offered';

const known: Signal<Kept | null> = signal(read());

/** Null: nobody has turned it on here. A component that asks while rendering is rendered again when that changes. */
export const kept = (): Kept | null => known.value;

export function keep(what: Kept | null): void {
  known.value = what;
  try {
    if (what === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(what));
  } catch {
    // No room: it is turned on again by hand.
  }
}

/** Whether it was offered before: it is once, on one device. From then on it was. */
export function offeredBefore(): boolean {
  try {
    const before = localStorage.getItem(OFFERED) !== null;
    localStorage.setItem(OFFERED, '1');
    return before;
  } catch {
    return true;
  }
}

globalThis.addEventListener?.('storage', ({ key }) => {
  if (key === KEY) known.value = read();
});

function read(): Kept | null {
  try {
    const { device, endpoint, at } = JSON.parse(localStorage.getItem(KEY) ?? '') as Partial<Kept>;
    if (typeof device !== 'string' || typeof endpoint !== 'string' || typeof at !== 'number') return null;
    return { device, endpoint, at };
  } catch {
    return null;
  }
}
