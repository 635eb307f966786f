import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noChromium } from '../../sdk/fixtures/browser.ts';
import type { Given } from './conversation-page.ts';
import { asked, conversationStage, entry, field, menuOf } from './conversation-stage.ts';

/** In the page: what its script leaves there. */
declare const given: Given;

describe('the conversation view', { skip: noChromium }, () => {
  const { shown } = conversationStage();

  it('sends what is written, and keeps a draft of what is not', async () => {
    const { page, done } = await shown('group');
    await field(page).fill('half a thou');
    await page.waitForFunction(() => given.chat.asked.some(([method]) => method === 'setDraft'));
    assert.deepEqual((await asked(page, 'setDraft')).at(-1), ['setDraft', 'boats', 'half a thou']);
    await field(page).fill('a whole one');
    await field(page).press('Shift+Enter');
    await field(page).pressSequentially('in two lines');
    await field(page).press('Enter');
    const [, , text] = (await asked(page, 'send')).at(-1)!;
    assert.equal(text, 'a whole one\nin two lines');
    assert.equal(await field(page).inputValue(), '');
    await entry(page, 'in two lines').locator('[data-state=queued]').waitFor();
    assert.ok((await asked(page, 'compose')).length > 0);
    await done();
  });

  it('completes a mention by keyboard, and sends whom it names', async () => {
    const { page, done } = await shown('group');
    await field(page).pressSequentially('so @be');
    await page.getByRole('option', { name: /Ben Tide/ }).waitFor();
    await field(page).press('Tab');
    await field(page).pressSequentially('knows');
    await field(page).press('Enter');
    const [, , text, options] = (await asked(page, 'send')).at(-1)!;
    assert.deepEqual([text, options], ['so @Ben Tide knows', { mentions: ['user-ben'] }]);
    await done();
  });

  it('replies, edits and reacts, by the menu and by keys', async () => {
    const { page, done } = await shown('group');
    await (await menuOf(page, 'harbour key')).getByRole('menuitem', { name: 'Reply' }).click();
    await page.getByText('Reply to Ben Tide').waitFor();
    await field(page).fill('On the hook');
    await field(page).press('Enter');
    assert.deepEqual((await asked(page, 'send')).at(-1)!.slice(2), ['On the hook', { replyTo: 12 }]);
    // The last of one's own that is there, by one key; Escape gives it up.
    await field(page).press('ArrowUp');
    await page.getByText('Edit message').waitFor();
    assert.match(await field(page).inputValue(), /^I can bring it over/);
    await field(page).press('Escape');
    assert.equal(await field(page).inputValue(), '');
    await field(page).press('ArrowUp');
    await field(page).fill('I bring it over');
    await field(page).press('Enter');
    const edit = (await asked(page, 'change')).at(-1)!;
    assert.deepEqual(edit.slice(1, 3), [
      'message.edit',
      { conversation: 'boats', seq: 14, content: { type: 'text', text: 'I bring it over' } },
    ]);
    await field(page).press('Control+ArrowUp');
    for (let up = 0; up < 5; up++) await page.keyboard.press('ArrowUp');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-seq') === '12');
    await page.keyboard.press('t');
    await page.getByRole('button', { name: 'React with 👍' }).click();
    assert.deepEqual((await asked(page, 'change')).at(-1)!.slice(1, 3), [
      'message.react',
      { conversation: 'boats', seq: 12, emoji: '👍' },
    ]);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // One's own, tapped again, is taken back.
    await entry(page, 'harbour key')
      .getByRole('button', { name: /yours too/ })
      .click();
    await page.waitForFunction(() => given.chat.asked.filter(([method]) => method === 'change').length === 3);
    assert.deepEqual((await asked(page, 'change')).at(-1)!.slice(2, 3), [
      { conversation: 'boats', seq: 12, emoji: null },
    ]);
    await done();
  });

  it('deletes and forwards what is selected, after asking', async () => {
    const { page, done } = await shown('group');
    await (await menuOf(page, 'hook by the door')).getByRole('menuitem', { name: 'Select' }).click();
    await entry(page, 'harbour key').click();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('toolbar').getByRole('button', { name: 'Forward' }).click();
    await page.getByRole('checkbox', { name: 'Anna Sand' }).check({ force: true });
    await page.getByRole('button', { name: 'Send to 1 conversation' }).click();
    await page.waitForFunction(() => given.chat.asked.filter(([method]) => method === 'send').length === 2);
    assert.deepEqual(
      (await asked(page, 'send')).map(([, to, content, options]) => [
        to,
        (content as { text: string }).text,
        options,
      ]),
      [
        [{ conversation: 'c2' }, 'Hey @Mara Coast, is the harbour key with you?', { forwarded: 1 }],
        [{ conversation: 'c2' }, 'Yes, on the hook by the door.', { forwarded: 1 }],
      ],
    );
    await (await menuOf(page, 'harbour key')).getByRole('menuitem', { name: 'Delete' }).click();
    assert.equal((await asked(page, 'change')).length, 0);
    await page.getByRole('button', { name: 'Delete for everyone' }).click();
    assert.deepEqual((await asked(page, 'change')).at(-1)!.slice(1, 3), [
      'message.delete',
      { conversation: 'boats', seq: 12 },
    ]);
    await done();
  });

  it('has in a menu that is open what can be done now', async () => {
    const { page, done } = await shown('group');
    await field(page).fill('Wrong window');
    await field(page).press('Enter');
    const menu = await menuOf(page, 'Wrong window');
    await menu.getByRole('menuitem', { name: 'Info' }).waitFor();
    assert.equal(await menu.getByRole('menuitem', { name: 'Delete' }).count(), 0);
    await page.evaluate(() => {
      const { chat } = given;
      const where = { conversation: 'boats' };
      const sent = chat.view(where).entries.value.at(-1)!;
      chat.arrive(where, { ...sent, seq: 900, state: 'accepted' } as typeof sent);
    });
    await menu.getByRole('menuitem', { name: 'Delete' }).waitFor();
    await done();
  });

  it('shows who has a message; sends again or gives up what was refused', async () => {
    const { page, done } = await shown('group');
    await (await menuOf(page, 'hook by the door')).getByRole('menuitem', { name: 'Info' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('Read by').waitFor();
    assert.match(
      (await sheet.textContent())!,
      /Read by.*Anna Sand.*Delivered to.*Ben Tide.*Not delivered yet.*لينا/s,
    );
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByRole('button', { name: 'Discard' }).click();
    assert.deepEqual(
      [await asked(page, 'retry'), await asked(page, 'discard')].map(([one]) => one),
      [
        ['retry', 'm15'],
        ['discard', 'm15'],
      ],
    );
    await done();
  });

  it('sends back what a button of a bot has, and opens its links elsewhere', async () => {
    const { page, done } = await shown('group');
    await page.getByRole('button', { name: 'At 14:00' }).click();
    assert.deepEqual((await asked(page, 'send')).at(-1)!.slice(2), [
      { type: 'button.press', text: 'At 14:00', data: 'r:1400' },
      { replyTo: 11 },
    ]);
    const link = page.getByRole('link', { name: 'Tide table' });
    assert.deepEqual(
      [await link.getAttribute('href'), await link.getAttribute('target'), await link.getAttribute('rel')],
      ['https://example.org/tides', '_blank', 'noopener noreferrer nofollow'],
    );
    await done();
  });

  it('finds, and goes from hit to hit', async () => {
    const { page, done } = await shown('long');
    await page.evaluate(() => {
      const { entries } = given.chat.view({ conversation: 'long' });
      const hits = (...seqs: number[]) => entries.value.filter(({ seq }) => seqs.includes(seq!));
      given.chat.searchHere = async () => hits(20, 250) as never;
      given.chat.searchServer = async () => ({ messages: hits(20, 120) as never, next: null });
    });
    await page.keyboard.press('Control+f');
    await page.getByRole('searchbox').fill('more of it');
    await page.getByText('1 of 3').waitFor();
    await page.waitForSelector('[data-seq="250"] mark');
    await page.keyboard.press('Enter');
    await page.getByText('2 of 3').waitFor();
    await page.waitForSelector('[data-seq="120"]');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('mark') === null);
    await done();
  });

  it('has all emoji, from here alone, under the policy', async () => {
    const { page, troubles, done } = await shown('group');
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).hostname !== '127.0.0.1') elsewhere.push(request.url());
    });
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.getByRole('searchbox').fill('sailboat');
    await page.getByRole('searchbox').press('Enter');
    assert.match(await field(page).inputValue(), /^⛵/);
    assert.deepEqual([elsewhere, troubles.filter((one) => /policy|Content Security/i.test(one))], [[], []]);
    await done();
  });

  it('says before sending that a text is too long', async () => {
    const { page, done } = await shown('group');
    await field(page).fill('é'.repeat(40_000));
    await page.getByText(/Too long by 14,4\d\d bytes/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled(), true);
    await field(page).press('Enter');
    assert.deepEqual(await asked(page, 'send'), []);
    await done();
  });

  it('shows what is meant to be markup as text, in every field', async () => {
    const { page, troubles, done } = await shown('group');
    const evil = `<img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>"'><svg onload=globalThis.hit=1>`;
    await page.evaluate((text) => {
      const { chat, fakes } = given;
      for (const user of ['anna', 'ben', 'bot', 'lina', 'me'])
        (chat.person(`user-${user}`) as { value: unknown }).value = fakes.fakePerson(`user-${user}`, text);
      const view = chat.view({ conversation: 'boats' });
      view.conversation.value = { ...view.conversation.value!, name: text };
      chat.conversations.value = [view.conversation.value, ...chat.conversations.value.slice(1)];
      const more: object[] = [
        { content: { type: 'text', text } },
        { content: { type: 'text', text: `*${text}* \`${text}\` \`\`\`${text}\`\`\`` } },
        {
          content: {
            type: 'buttons',
            text,
            rows: [
              [
                { label: text.slice(0, 64), data: 'x' },
                { label: 'bad', url: 'javascript:globalThis.hit=1' },
              ],
            ],
          },
        },
        { content: { type: 'quick_replies', text, replies: [{ label: text.slice(0, 64) }] } },
        { content: { type: 'button.press', text, data: 'x' } },
        { content: { type: text, text } },
        { content: { type: '__proto__', text } },
        {
          content: { type: 'text', text: 'javascript:globalThis.hit=1' },
          mentions: ['user-anna'],
          replyTo: 101,
        },
        { content: { type: 'text', text: `@${text}` }, mentions: ['user-anna'] },
        {
          content: { type: 'text', text: 'reacted' },
          reactions: [{ emoji: text, count: 1, users: ['user-anna'] }],
        },
      ];
      view.entries.value = [
        ...more.map((one, at) =>
          fakes.fakeMessage({
            key: `x${at}`,
            seq: 101 + at,
            conversation: 'boats',
            sender: at % 2 ? 'user-me' : 'user-anna',
            time: Date.now(),
            ...one,
          }),
        ),
        fakes.fakeNotice(
          { type: 'group.updated', name: text, sender: { user: 'user-anna', device: null } },
          { key: 'xn', seq: 190, time: Date.now() },
        ),
      ];
    }, evil);
    await page.getByText('reacted').waitFor();
    for (const kind of ['i', 'f']) {
      await (await menuOf(page, 'reacted'))
        .getByRole('menuitem', { name: kind === 'i' ? 'Info' : 'Forward' })
        .click();
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
    }
    await page.getByRole('button', { name: 'Bad', exact: false }).count();
    const found = await page.evaluate(() => ({
      hit: (globalThis as { hit?: number }).hit,
      elements: document.querySelectorAll('#app img, #app script, #app svg[onload], #app [onerror]').length,
      links: [...document.querySelectorAll('a')]
        .map(({ protocol }) => protocol)
        .filter((one) => !/^(https?|mailto):$/.test(one)),
    }));
    assert.deepEqual(found, { hit: undefined, elements: 0, links: [] });
    assert.deepEqual(troubles, []);
    await done();
  });
});
