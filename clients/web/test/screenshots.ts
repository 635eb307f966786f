/**
 * Draws docs/screens/web-*.png anew: five people on a really started server, one of them in a browser. A font with emoji has to be installed
 * (Debian: fonts-noto-color-emoji). `node clients/web/test/screenshots.ts`
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { request } from '../../../test/harness/account.ts';
import { Person as People, type Person } from '../../../test/harness/person.ts';
import { type Browser, PASSWORD, startApp } from './app.ts';

const folder = fileURLToPath(new URL('../../../docs/screens/', import.meta.url));
mkdirSync(folder, { recursive: true });

const app = await startApp();
const people: Person[] = [];

async function arrives(name: string, username: string): Promise<Person> {
  const response = await request(app.server, 'POST', '/register', { username, password: PASSWORD, name });
  const body = (await response.json()) as {
    user: { id: string };
    device: { id: string };
    access_token: string;
    refresh_token: string;
    device_token: string;
  };
  const person = await People.on(app.server, 'mqtt', {
    user: body.user.id,
    username,
    password: PASSWORD,
    device: body.device.id,
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
    deviceToken: body.device_token,
  });
  people.push(person);
  return person;
}

async function signIn(browser: Browser, username: string): Promise<Page> {
  const page = await browser.tab();
  await page.locator('input[name=username], input').first().fill(username);
  await page.locator('input[type=password]').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('listitem').filter({ hasText: 'Rowing club' }).waitFor();
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  const question = page.getByRole('status').getByRole('button').last();
  if (await question.isVisible()) await question.click();
  await page.waitForTimeout(1_000); // what moves has come to rest
  await page.screenshot({ path: `${folder}web-${name}.png` });
}

try {
  const mara = await arrives('Mara Lindqvist', 'mara');
  const jonas = await arrives('Jonas Weber', 'jonas');
  const amina = await arrives('Amina Haddad', 'amina');
  const teo = await arrives('Teo Rossi', 'teo');
  const lin = await arrives('Linnea Berg', 'linnea');
  await lin.says({ user: mara.user }, 'The photos from the lighthouse are online now ✨');
  await teo.says({ user: mara.user }, 'Can you send me the *minutes* of Tuesday?');
  await mara.says({ user: teo.user }, 'They are at https://example.org/minutes, second page');
  for (const other of [lin, teo]) {
    const heard = await mara.hears((event) => event.sender?.user === other.user, 'their message');
    await mara.device.send('receipt.read', { conversation: heard.conversation, seq: heard.seq });
  }
  const group = await mara.does('group.create', {
    name: 'Rowing club',
    members: [jonas.user, amina.user, teo.user],
  });
  const { conversation } = group;
  const to = { conversation };
  for (const person of [jonas, amina, teo])
    await person.hears((event) => event.conversation === conversation, 'the group');
  const asked = await mara.says(to, 'Who is in for Saturday, 07:30 at the boathouse?');
  const first = await amina.says(to, 'Me! I bring the coffee ☕', { reply_to: asked.seq });
  await jonas.does('message.react', { conversation, seq: first.seq, emoji: '❤️' });
  await teo.does('message.react', { conversation, seq: first.seq, emoji: '❤️' });
  await mara.does('message.react', { conversation, seq: first.seq, emoji: '👏' });
  await jonas.says(
    to,
    'Count me in, but I have to be back by ten. Somebody else has to take the boat out of the water 🙈',
  );
  await jonas.says(to, 'The wind turns to the north in the morning, so take something warm.');
  await mara.says(to, 'I can do that. @Teo, do you still have the key of the shed?', {
    mentions: [teo.user],
  });
  await teo.says(to, 'Yes: it hangs behind the door, as always');
  await amina.says(to, '🚣‍♀️🌅');
  await amina.says({ user: mara.user }, 'Shall I pick you up at seven?');
  const last = await mara.says(to, 'See you on Saturday then');
  for (const person of [jonas, amina, teo]) {
    await person.hears((event) => event.id === last.id, 'the last message');
    await person.device.send('receipt.read', { conversation, seq: last.seq });
  }

  for (const [size, dark, language] of [
    ['desktop', false, 'en'],
    ['desktop', true, 'en'],
    ['phone', false, 'en'],
    ['phone', true, 'en'],
    ['desktop', false, 'ar'],
  ] as const) {
    const name = [size, ...(dark ? ['dark'] : []), ...(language === 'en' ? [] : [language])].join('-');
    const browser = await app.browser({ size, dark, language });
    const page = await signIn(browser, 'mara');
    if (size === 'phone') await shoot(page, `${name}-list`);
    await page.getByRole('listitem').filter({ hasText: 'Rowing club' }).click();
    await page.getByText('See you on Saturday then').last().waitFor();
    await shoot(page, name);
    await browser.close();
  }
} finally {
  for (const person of people) person.drop();
  await app.close();
}
