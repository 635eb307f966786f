/** For tests: what stands in for a browser's push service, which headless browsers have none of. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page, Worker } from 'playwright-core';
import { type Certificates, makeCertificates } from '../../../certs/certificates.ts';
import { subscriber } from '../../../services/push/senders/fixtures/browser.ts';

/** An authority of the test's own: `file` is what servers are told to trust (NODE_EXTRA_CA_CERTS). */
export async function authority() {
  const certificates = await makeCertificates(['127.0.0.1']);
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-authority-'));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, certificates.ca);
  return { certificates, file, dispose: () => rmSync(folder, { recursive: true }) };
}

/** A push service, and the browser's half of what is sent there: what comes is decrypted as the browser would. */
export async function pushService({ chain, key }: Certificates) {
  const keys = subscriber();
  const came: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  const server = createServer({ cert: chain, key }, async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    response.writeHead(201).end();
    const text = keys.decrypt(Buffer.concat(parts));
    const next = waiting.shift();
    if (next === undefined) came.push(text);
    else next(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}/push/1`;
  const { p256dh, auth } = keys;
  return {
    subscription: { endpoint, keys: { p256dh, auth } },
    /** What was pushed next, or has been. */
    next: () =>
      new Promise<string>((resolve) => {
        const text = came.shift();
        if (text === undefined) waiting.push(resolve);
        else resolve(text);
      }),
    /** What was pushed, and nobody has asked for yet. */
    waiting: () => came.length,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
export type PushService = Awaited<ReturnType<typeof pushService>>;

/** Has pages of this browser subscribe there. It is remembered as long as the browser's storage is. */
export async function subscribesTo(context: BrowserContext, { subscription }: PushService): Promise<void> {
  await context.addInitScript((made) => {
    const SUBSCRIBED = 'test.subscribed';
    const of = (key: string) => {
      const bytes = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
        c.charCodeAt(0),
      );
      return {
        endpoint: made.endpoint,
        options: { applicationServerKey: bytes.buffer, userVisibleOnly: true },
        toJSON: () => made,
        unsubscribe: async () => {
          localStorage.removeItem(SUBSCRIBED);
          return true;
        },
      };
    };
    Object.assign(PushManager.prototype, {
      async subscribe({ applicationServerKey: key }: { applicationServerKey: string }) {
        localStorage.setItem(SUBSCRIBED, key);
        return of(key);
      },
      async getSubscription() {
        const key = localStorage.getItem(SUBSCRIBED);
        return key === null ? null : of(key);
      },
    });
  }, subscription);
}

/** The service worker of the app. */
export async function serviceWorker(context: BrowserContext): Promise<Worker> {
  const [there] = context.serviceWorkers();
  return there ?? context.waitForEvent('serviceworker');
}

const TRIES = 5;
/** For the service worker to be given it, milliseconds. */
const HANDED_MS = 3_000;

/**
 * Gives the browser what its push service would have, until the service worker has it: what is handed to a worker that is being started is
 * lost now and then, as this way in is one for debugging.
 */
export async function deliver(page: Page, worker: Worker, origin: string, data: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    browser.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL, isDeleted }) => scopeURL === `${origin}/` && !isDeleted);
      if (ours !== undefined) resolve(ours.registrationId);
    });
  });
  await browser.send('ServiceWorker.enable');
  const registrationId = await registered;
  for (let tries = 0; tries < TRIES; tries++) {
    const handed = isHanded(worker, data);
    await browser.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
    if (await handed) return;
  }
  throw new Error(`the service worker was not handed ${data}`);
}

const isHanded = (worker: Worker, data: string): Promise<boolean> =>
  worker.evaluate(
    ({ data, patience }) =>
      new Promise<boolean>((resolve) => {
        const end = (handed: boolean) => {
          clearTimeout(late);
          removeEventListener('push', heard);
          resolve(handed);
        };
        const heard = (event: Event) => {
          if ((event as Event & { data: { text(): string } }).data.text() === data) end(true);
        };
        const late = setTimeout(() => end(false), patience);
        addEventListener('push', heard);
      }),
    { data, patience: HANDED_MS },
  );

export interface Shown {
  title: string;
  body: string;
  tag: string;
  icon: string;
  dir: string;
}

const PATIENCE_MS = 15_000;

/** What is waited for: so many on the screen, or one with a tag there, or none with it. */
export type Sight = { count: number } | { tag: string; there: boolean };

/** Notifications that are on the screen, once it is so; or as they are when that takes too long. */
export const shown = (worker: Worker, sight: Sight): Promise<Shown[]> =>
  worker.evaluate(
    async ({ sight, patience }) => {
      const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
      for (const deadline = Date.now() + patience; ; ) {
        const all = await registration.getNotifications();
        const so =
          'count' in sight
            ? all.length === sight.count
            : all.some(({ tag }) => tag === sight.tag) === sight.there;
        if (so || Date.now() > deadline)
          return all.map(({ title, body, tag, icon, dir }) => ({ title, body, tag, icon, dir }));
        // The browser tells nobody what it shows; and the worker has a push to look at meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    { sight, patience: PATIENCE_MS },
  );

/** Presses the one with this tag. */
export const press = (worker: Worker, tag: string): Promise<void> =>
  worker.evaluate(async (wanted) => {
    const scope = globalThis as unknown as {
      registration: ServiceWorkerRegistration;
      NotificationEvent: new (type: string, init: object) => Event;
    };
    const [notification] = await scope.registration.getNotifications({ tag: wanted });
    dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
  }, tag);
