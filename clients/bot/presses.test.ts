/** What the clients that people use send when something is pressed reaches the bot as a press. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { register } from '../../test/harness/account.ts';
import type { Payload } from '../../test/harness/device.ts';
import { Server } from '../../test/harness/server.ts';
import { App } from '../cli/app.ts';
import { press } from '../cli/choices.ts';
import { Names } from '../cli/names.ts';
import {
  ChatStore,
  type ConversationWindow,
  DunlinClient,
  MemoryStorage,
  type Message,
  Sessions,
} from '../sdk/index.ts';
import { buttonRows, quickReplies } from '../web/app/conversation/content/pressable.ts';
import { Stage } from './examples/fixtures/stage.ts';

describe('presses', { timeout: 120_000 }, () => {
  let stage: Stage;
  const ends: (() => Promise<void>)[] = [];

  /** Who has the SDK beneath, as both clients do. */
  async function someone(name: string) {
    const account = await register(stage.server, name);
    const storage = new MemoryStorage();
    const sessions = new Sessions(stage.server.http, storage);
    const session = await sessions.login(account.username, account.password);
    const client = new DunlinClient({ url: stage.server.mqtt, session, sessions, storage });
    const store = new ChatStore({ client, storage });
    ends.push(async () => {
      store.close();
      await client.close();
    });
    return { client, store, storage };
  }
  /** What the bot has said there, when it has. */
  async function said(window: ConversationWindow, text: string): Promise<Message & { seq: number }> {
    for (;;) {
      for (const entry of window.entries)
        if (entry.type === 'message' && entry.sender === stage.bot && entry.content?.text === text)
          return entry as Message & { seq: number };
      await new Promise<void>((resolve) => {
        const end = window.on('change', () => {
          end();
          resolve();
        });
      });
    }
  }

  before(async () => {
    stage = await Stage.open(await Server.started(), 'presser');
    await stage.start('echo');
  });
  after(async () => {
    for (const end of ends) await end();
    await stage?.close();
  });

  it('of the web client: what it draws of a message, sent as it sends it', async () => {
    const { client, store } = await someone('wendy');
    await store.open();
    await client.connect();
    const where = { user: stage.bot };
    const window = await store.look(where);
    await store.send(where, '/buttons');
    const question = await said(window, 'Take the boat out?');
    const [[yes, no], [forecast]] = buttonRows(question.content!) as [Payload[], Payload[]];
    assert.deepEqual([yes.label, no.label, forecast.url], ['Yes', 'No', 'https://example.org/forecast']);
    await store.send(
      where,
      { type: 'button.press', text: no.label, data: no.data },
      { replyTo: question.seq },
    );
    await said(window, 'Another day, then.');
    await store.send(where, '/mood');
    const mood = await said(window, 'How was it out there?');
    await store.send(where, quickReplies(mood.content!)[2]!, { replyTo: mood.seq });
    await said(window, 'Noted. Lately: Rough.');
  });

  it('of the terminal client: by their numbers', async () => {
    const { client, store, storage } = await someone('tara');
    const powers = { invite: () => Promise.reject(new Error()), logout: async () => {} };
    const app = new App({ client, store, names: new Names(client, storage), powers: powers as never });
    await app.load();
    await client.connect();
    const { window } = await app.show({ user: stage.bot });
    await app.say('/buttons');
    await press(app, await said(window, 'Take the boat out?'), 1);
    await said(window, 'Fair winds!');
    await app.say('/mood');
    await press(app, await said(window, 'How was it out there?'), 1);
    await said(window, 'Noted. Lately: Calm.');
    app.close();
  });
});
