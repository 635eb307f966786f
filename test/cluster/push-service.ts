import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { importJWK, jwtVerify } from 'jose';
import { makeCertificates } from '../../certs/certificates.ts';
import type { PushPayload } from '../../protocol/push-payload.ts';
import { subscriber } from '../../services/push/senders/fixtures/browser.ts';

/** Until it answers, milliseconds: so that a kill finds some under way. */
const ANSWER_MS = 120;
/** One in so many is told to come later, and is not shown to anybody. */
const BUSY = 13;

/**
 * The push service of browsers (RFC 8030), which looks at who asks (RFC 8292), and the browsers behind it, which decrypt what they are sent (RFC 8291):
 * over TLS, of an authority that servers have to be told to trust.
 */
export class BrowsersPushService {
  /** What browsers were shown, in order. */
  readonly shown: PushPayload[] = [];
  /** Requests that were not as the standards say. */
  readonly problems: string[] = [];
  /** PEM, for NODE_EXTRA_CA_CERTS. */
  readonly authority: string;
  busy = 0;
  /** Called when it is asked, before it answers. */
  onAsked = () => {};
  readonly #folder: string;
  readonly #server: Server;
  readonly #browsers = new Map<string, ReturnType<typeof subscriber>>();
  #asked = 0;

  private constructor(folder: string, chain: string, key: string) {
    this.#folder = folder;
    this.authority = join(folder, 'ca.pem');
    this.#server = createServer({ cert: chain, key }, async (request, response) => {
      const parts: Buffer[] = [];
      try {
        for await (const part of request) parts.push(part as Buffer);
        this.onAsked();
        await pause(ANSWER_MS);
        if (++this.#asked % BUSY === 0) {
          this.busy++;
          response.writeHead(429, { 'retry-after': '1' }).end();
          return;
        }
        await this.#verify(request.headers.authorization ?? '');
        const browser = this.#browsers.get(request.url ?? '');
        assert.ok(browser, 'nobody subscribed there');
        this.shown.push(JSON.parse(browser.decrypt(Buffer.concat(parts))));
        response.writeHead(201).end();
      } catch (error) {
        // Whoever asked was killed meanwhile: it was not shown.
        if (!request.complete) return;
        this.problems.push(String(error));
        response.writeHead(400).end();
      }
    });
  }

  static async listening(): Promise<BrowsersPushService> {
    const { ca, chain, key } = await makeCertificates(['127.0.0.1']);
    const folder = await mkdtemp(join(tmpdir(), 'dunlin-push-service-'));
    const service = new BrowsersPushService(folder, chain, key);
    await writeFile(service.authority, ca);
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  /** A browser more: its route, as a device registers it. */
  subscription() {
    const browser = subscriber();
    const path = `/push/${this.#browsers.size}`;
    this.#browsers.set(path, browser);
    return { kind: 'webpush', endpoint: this.#origin + path, p256dh: browser.p256dh, auth: browser.auth };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true });
  }

  get #origin(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** RFC 8292 §2 and §3. */
  async #verify(header: string): Promise<void> {
    const [, token, key] = /^vapid t=(\S+), k=(\S+)$/.exec(header) ?? [];
    assert.ok(token && key, 'no VAPID');
    const point = Buffer.from(key, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    await jwtVerify(token, await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256'), {
      audience: this.#origin,
    });
  }
}
