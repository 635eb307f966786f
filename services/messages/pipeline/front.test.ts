import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Logged } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { LogEntry } from '../log.ts';
import type { ChangeRules } from '../pipeline.ts';
import { createFront, type Front } from './front.ts';

const actor = { user: uuidv7(), device: uuidv7() };
const conversation = uuidv7();
const send = (text: string): Logged => ({
  v: 1,
  id: uuidv7(),
  type: 'message.send',
  to: { conversation },
  content: { type: 'text', text },
});
const rename = (name: string): Logged => ({ v: 1, id: uuidv7(), type: 'group.update', conversation, name });

describe('while the directory does not answer', () => {
  let appended: string[];
  let down: boolean;
  /** Whether what is kept is enough; a promise that the test settles. */
  let known: PromiseWithResolvers<void>;
  let asked: number;
  let front: Front;

  beforeEach(() => {
    appended = [];
    down = true;
    known = Promise.withResolvers();
    asked = 0;
    const log = {
      async append({ command }: LogEntry) {
        appended.push(command.id);
        return appended.length;
      },
    };
    const rules = [
      { type: 'message.send', fromCache: () => known.promise },
      { type: 'group.update', structural: true },
    ] as unknown as ChangeRules[];
    const directory = {
      isDown: () => down,
      async ask() {
        asked++;
        if (down) throw new Refused('unavailable');
      },
    };
    const history = { lookup: async () => assert.fail('nobody is to wait for history') };
    front = createFront({ log, history, rules, clock: { now: () => 1 }, directory });
  });

  const submit = (command: Logged) => front.submit(actor, command, JSON.stringify(command));
  const unavailable = (error: unknown) => error instanceof Refused && error.refusal.code === 'unavailable';

  it('refuses what needs it, before the log; when it is back that goes through', async () => {
    await assert.rejects(submit(rename('no')), unavailable);
    assert.deepEqual([appended, asked], [[], 1]);
    down = false;
    const again = rename('yes');
    await submit(again);
    assert.deepEqual([appended, asked], [[again.id], 1]);
  });

  it('takes what can be decided from what is kept, and refuses what cannot', async () => {
    const good = send('known');
    known.resolve();
    await submit(good);
    known = Promise.withResolvers();
    known.reject(new Refused('unavailable'));
    await assert.rejects(submit(send('unknown')), unavailable);
    assert.deepEqual(appended, [good.id]);
  });

  it('keeps the order of a device, also when something is asked for in between', async () => {
    const first = send('first');
    const waiting = submit(first);
    down = false;
    const others = [rename('second'), send('third'), rename('fourth')];
    const submitted = others.map(submit);
    const elsewhere = send('of another device');
    await front.submit({ ...actor, device: uuidv7() }, elsewhere, '');
    assert.deepEqual(appended, [elsewhere.id], 'only what comes from the same device waits');
    known.resolve();
    await Promise.all([waiting, ...submitted]);
    assert.deepEqual(
      appended.slice(1),
      [first, ...others].map(({ id }) => id),
    );
  });
});
