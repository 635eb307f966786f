import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server } from '../../../../test/harness/server.ts';
import { Stage } from '../fixtures/stage.ts';

describe('the reminder bot', { timeout: 120_000 }, () => {
  let stage: Stage;
  const start = () => stage.start('reminder', ['--timezone', 'UTC']);
  before(async () => {
    stage = await Stage.open(await Server.started(), 'reminder');
  });
  after(() => stage?.close());

  it('reminds, late of what was due while it was not running, and once', async () => {
    const alice = await stage.someone('alice');
    const first = await start();
    const asked = await stage.tells(alice, '/remind me in 1s to call Ann');
    await stage.hears(
      alice,
      /^I will remind you today at \d\d:\d\d \(UTC\)\.$|^I will remind you tomorrow at 00:00/,
    );
    const told = await stage.hears(alice, '⏰ call Ann');
    assert.equal(told.reply_to, asked.seq);
    assert.deepEqual(told.mentions, [alice.account.user]);
    await stage.tells(alice, '/remind in 2s to come back');
    await alice.until(() => stage.said(alice).length === 3, 'a word');
    await first.end('SIGKILL');
    // Asked while nobody was there: from then on it is counted.
    const { time } = await stage.tells(alice, '/remind in 1s to look up');
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, time + 1_500 - Date.now())));
    const second = await start();
    await stage.hears(alice, '⏰ come back');
    await stage.hears(alice, '⏰ look up');
    await second.end('SIGTERM');
    const third = await start();
    await stage.tells(alice, '/reminders');
    await stage.hears(alice, 'There is nothing to remind you of.');
    const texts = stage.said(alice).map(({ content }) => content.text as string);
    for (const text of ['⏰ call Ann', '⏰ come back', '⏰ look up'])
      assert.equal(texts.filter((one) => one === text).length, 1, text);
    await third.end('SIGTERM');
  });

  it('lists, cancels and puts off, for who asked', async () => {
    const program = await start();
    const ben = await stage.someone('ben');
    const cora = await stage.someone('cora');
    const { conversation } = await ben.ask('group.create', { name: 'Crew' });
    const to = { conversation };
    await ben.ask('group.add', { conversation, users: [stage.bot, cora.account.user] });
    await stage.tells(ben, '/timezone Europe/Berlin', to);
    await stage.hears(ben, /^For you it is \d\d:\d\d \(Europe\/Berlin\)\.$/);
    await stage.tells(ben, `/remind@${stage.name} tomorrow at 9 to cook`, to);
    await stage.hears(ben, 'I will remind you tomorrow at 09:00 (Europe/Berlin).');
    await stage.tells(ben, '/remind tomorrow at 10 to eat', to);
    await stage.hears(ben, 'I will remind you tomorrow at 10:00 (Europe/Berlin).');
    await stage.tells(ben, '/reminders', to);
    const list = await stage.hears(ben, /1\. tomorrow at 09:00: cook\n2\. tomorrow at 10:00: eat/);
    await stage.press(cora, list, /^Cancel 1/);
    await stage.hears(ben, 'Only who asked for it can cancel it.');
    await stage.press(ben, list, /^Cancel 1/);
    await stage.hears(ben, 'Cancelled: cook');
    await stage.press(ben, list, /^Cancel 1/);
    await stage.hears(ben, 'That one is gone already.');
    await stage.tells(ben, '/remind in 1 second to drink', to);
    const told = await stage.hears(ben, '⏰ drink');
    await stage.press(cora, told, 'In an hour');
    await stage.hears(ben, 'Only who asked for it can put it off.');
    await stage.press(ben, told, 'In an hour');
    await ben.until(
      () =>
        stage.said(ben).filter(({ content }) => content.text.startsWith('I will remind you')).length === 4,
      'a word',
    );
    await stage.tells(ben, '/reminders', to);
    await stage.hears(
      ben,
      /1\. .*: drink\n2\. tomorrow at 10:00: eat|1\. tomorrow at 10:00: eat\n2\. .*: drink/,
    );
    await program.end('SIGTERM');
  });

  it('says what it cannot do', async () => {
    await start();
    const dora = await stage.someone('dora');
    for (const [text, answer] of [
      ['/remind', /^I do not see when, or what/],
      ['/remind in 9999 weeks to go', /too far ahead/],
      ['/remind today at 0:00 to go', /^That has been already/],
      [`/remind in 1h to ${'x'.repeat(501)}`, /^That is too long/],
      ['/timezone Mars', /^I do not know that place/],
      ['hello', /^Like this/],
    ] as const) {
      await stage.tells(dora, text);
      await stage.hears(dora, answer);
    }
    const { conversation, seq } = await stage.tells(dora, '/remind in 1 day to go');
    await stage.hears(dora, /^I will remind you/);
    await dora.ask('message.delete', { conversation, seq });
    await stage.tells(dora, '/reminders');
    await stage.hears(dora, 'There is nothing to remind you of.');
  });
});
