/**
 * Several workers at one outbox, each of which may end at any step, before or after what it did was written: nobody is told twice, and what nobody
 * was told of says why.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { defaultConfig } from '../../platform/config/schema.ts';
import { createLogger } from '../../platform/logging.ts';
import { temporaryDirectory } from '../directory/temporary.ts';
import { createAttempting } from './attempting.ts';
import type { Decision } from './composing.ts';
import { FakeVendor } from './fixtures/fake-vendor.ts';
import { createProviders } from './providers.ts';
import type { PushNotification, PushOutcome } from './sender.ts';
import { pushSettings } from './settings.ts';
import { samplePerson, sampleRoute } from './store.samples.ts';
import type { Notice, PushStore } from './store.ts';
import { createWorker } from './worker.ts';

type Crash = { step: keyof PushStore; nth: number; written: boolean };

const STEPS = ['claim', 'begin', 'settle', 'nextDue', 'giveUpSending', 'removeRoute'] as const;
const crash = fc.record({
  step: fc.constantFrom(...STEPS),
  nth: fc.integer({ min: 1, max: 3 }),
  written: fc.boolean(),
});
const answer = fc.constantFrom<PushOutcome['outcome']>(
  'accepted',
  'accepted',
  'retry',
  'rejected',
  'unknown',
  'unregistered',
);

/** The store as a process sees it that ends: from then on nothing it asks is answered, nor done. `spare`: it does not end any more. */
function mortal(
  store: PushStore,
  crashes: readonly Crash[],
): { store: PushStore; dead(): boolean; spare(): void } {
  let dead = false;
  let spared = false;
  const counts = new Map<string, number>();
  const handler: ProxyHandler<PushStore> = {
    get(target, name: keyof PushStore) {
      const method = target[name] as (...given: unknown[]) => Promise<unknown>;
      return async (...given: unknown[]) => {
        const never = new Promise(() => {});
        if (dead) return never;
        const nth = (counts.get(name) ?? 0) + 1;
        counts.set(name, nth);
        const ends = spared ? undefined : crashes.find((one) => one.step === name && one.nth === nth);
        if (ends === undefined) {
          const result = await method(...given);
          return dead ? never : result;
        }
        dead = true;
        if (ends.written) await method(...given);
        return never;
      };
    },
  };
  const spare = () => {
    spared = true;
  };
  return { store: new Proxy(store, handler), dead: () => dead, spare };
}

describe('the outbox of push, with workers that end at any step', () => {
  it('tells nobody twice, and of everything it is known what became', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(crash, { maxLength: 2 }), { minLength: 2, maxLength: 3 }),
        fc.array(answer, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        async (lives, answers, devices) => {
          const directory = await temporaryDirectory();
          const { push: store, accounts } = directory;
          const clock = { time: 1_000_000, now: () => clock.time };
          const settings = {
            ...pushSettings(defaultConfig()),
            retryMinMs: 1_000,
            retryMaxMs: 4_000,
            breakerFailures: 3,
          };
          const vendor = new FakeVendor();
          const taken = new Map<string, number>();
          const asked = new Map<string, number>();
          vendor.answer = async ({ notification }) => {
            const { event } = notification;
            asked.set(event, (asked.get(event) ?? 0) + 1);
            const outcome = answers[(vendor.sent.length - 1) % answers.length]!;
            if (outcome === 'accepted' || outcome === 'unknown')
              taken.set(event, (taken.get(event) ?? 0) + 1);
            await turn();
            if (outcome === 'retry') return { outcome, afterMs: null, reason: 'busy' };
            return outcome === 'rejected' || outcome === 'unknown' ? { outcome, reason: 'no' } : { outcome };
          };
          const user = randomUUID();
          await accounts.createUser(samplePerson(user), 'x', null);
          for (let i = 0; i < devices; i++) {
            const device = randomUUID();
            const named = { id: device, user, name: null, createdAt: 1, lastSeen: null, revokedAt: null };
            await accounts.addDevice(named, 10);
            const routes = [sampleRoute(), sampleRoute()];
            await store.putRoutes({ device, user, routes, key: null }, new Map());
          }
          const conversations = [randomUUID(), randomUUID()];
          const expiresAt = clock.now() + 600_000;
          for (const conversation of conversations)
            await store.enqueue(
              { conversation, seq: 1, kind: 'message', createdAt: 1, expiresAt },
              [user],
              clock.now(),
            );

          function worker(crashes: readonly Crash[]) {
            const { store: own, dead, spare } = mortal(store, crashes);
            const providers = createProviders({ settings, clock, random: () => 0 });
            const made = createWorker({
              store: own,
              audience: { leaseMs: 1_000, consider: async () => {} },
              composing: {
                async decide(notices: readonly Notice[]) {
                  const routes = await own.routesOf(notices.map(({ device }) => device));
                  return new Map(
                    notices.map((notice): [Notice, Decision] => {
                      const to = routes.get(notice.device);
                      if (to === undefined)
                        return [notice, { do: 'end', state: 'failed', reason: 'no_route' }];
                      const { device, conversation } = notice;
                      const notification = { event: `${device} ${conversation}`, device } as PushNotification;
                      return [notice, { do: 'send', routes: to, notification }];
                    }),
                  );
                },
              },
              attempting: createAttempting({
                ...{ senders: [vendor.sender('unifiedpush')], store: own, providers, settings, clock },
                onRemoved: () => {},
              }),
              ...{ settings, clock, logger: createLogger('silent'), shared: true },
            });
            return { ...made, dead, spare };
          }
          const all = [...lives.map((crashes) => worker(crashes)), worker([])];
          for (const one of all) void one.start();
          try {
            const settled = async () => (await store.nextDue()) === null;
            for (let rounds = 0; !(await settled()); rounds++) {
              assert.ok(rounds < 2_000, 'it never came to an end');
              clock.time += 2_000;
              for (const one of all) one.wake();
              for (let i = 0; i < 5; i++) await turn();
            }
            const rows = [];
            for (const conversation of conversations)
              rows.push(...(await store.ledger(conversation, 1, [user])));
            assert.equal(rows.length, devices * conversations.length);
            for (const { device, conversation, state, reason } of rows) {
              const event = `${device} ${conversation}`;
              assert.ok((taken.get(event) ?? 0) <= 1, 'told twice');
              if (state === 'pushed') assert.equal(taken.get(event), 1);
              else assert.ok(reason !== null, `${state} without a reason`);
              if (taken.has(event))
                assert.ok(state === 'pushed' || state === 'unknown', `taken, and ${state}`);
              if (state === 'failed' && reason !== 'no_route') assert.ok(asked.has(event));
            }
          } finally {
            // One that ended while it is being stopped would never have stopped.
            for (const one of all) one.spare();
            await Promise.all(all.filter((one) => !one.dead()).map((one) => one.stop()));
            await directory.dispose();
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
