import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { plainPicture } from '../../media/images/samples.ts';
import { codesOf, fetched, filesStage, mediaContent, sendTo, uploaded, urlOf } from '../fixtures/files.ts';
import { type Person, register } from '../fixtures/person.ts';
import type { Stage } from '../fixtures/stage.ts';

const DAY_MS = 86_400_000;

describe('files of messages', () => {
  let stage: Stage;
  let [anna, bert, carl]: Person[] = [];
  let now = Date.now();
  before(async () => {
    stage = await filesStage({ now: () => now });
    [anna, bert, carl] = await Promise.all(['anna', 'bert', 'carl'].map((name) => register(stage.app, name)));
  });
  after(() => stage.dispose());

  const raw = (url: string, headers?: Record<string, string>, method?: 'GET' | 'HEAD') =>
    fetched(stage, url, headers, method);

  it('are for those who may read a message that has them', async () => {
    const media = await uploaded(anna!, Buffer.from('for bert'));
    assert.deepEqual(await codesOf([anna!, bert!, carl!], media.id), ['ok', 'not_found', 'not_found']);
    const sent = await sendTo(
      anna!,
      { user: bert!.id },
      mediaContent(media, { text: 'look', name: 'letter.txt' }),
    );
    assert.equal(sent.status, 201, sent.text);
    assert.deepEqual(await codesOf([anna!, bert!, carl!], media.id), ['ok', 'ok', 'not_found']);
    assert.equal((await anna!.ask('DELETE', `/media/${media.id}`)).body.code, 'media_in_use');
    assert.equal((await bert!.ask('DELETE', `/media/${media.id}`)).body.code, 'not_found');
    // Whoever can read it can hand it on; whoever cannot has no use of its id.
    assert.equal((await sendTo(carl!, { user: bert!.id }, mediaContent(media))).body.code, 'media_not_found');
    assert.equal(
      (await sendTo(bert!, { user: carl!.id }, mediaContent(media, { name: 'letter.txt' }))).status,
      201,
    );
    assert.deepEqual(await codesOf([carl!], media.id), ['ok']);
    for (const query of ['look', 'letter'])
      assert.ok((await bert!.ask('GET', `/search?query=${query}`)).body.events.length > 0, query);

    // A lie about it is refused, as readers go by what the message says.
    const encrypted = { scheme: 'chacha20-poly1305-stream-64k', key: 'A'.repeat(43), bytes: 1 };
    for (const lie of [{ bytes: 1 }, { mime: 'image/jpeg' }, { encrypted }])
      assert.equal(
        (await sendTo(anna!, { user: bert!.id }, mediaContent(media, lie))).body.code,
        'bad_request',
      );
  });

  it('stay with who could read them, and are none of who comes or goes', async () => {
    const { body: group } = await anna!.ask('POST', '/groups/create', { name: 'g', members: [bert!.id] });
    const to = { conversation: group.conversation };
    const before = await uploaded(anna!, Buffer.from('before'));
    await sendTo(anna!, to, mediaContent(before));
    assert.equal(
      (await anna!.ask('POST', `/groups/${group.conversation}/remove`, { users: [bert!.id] })).status,
      200,
    );
    await anna!.ask('POST', `/groups/${group.conversation}/add`, { users: [carl!.id] });
    const afterwards = await uploaded(anna!, Buffer.from('after'));
    await sendTo(anna!, to, mediaContent(afterwards));
    assert.deepEqual(await codesOf([bert!, carl!], before.id), ['ok', 'not_found']);
    assert.deepEqual(await codesOf([bert!, carl!], afterwards.id), ['not_found', 'ok']);
  });

  it('go with their message, when it is deleted, edited and deleted, or expires', async () => {
    const [first, second, third] = await Promise.all(
      ['1', '2', '3'].map((text) => uploaded(anna!, Buffer.from(`file ${text}`))),
    );
    const to = { user: bert!.id };
    const { body: event } = await sendTo(anna!, to, mediaContent(first));
    const place = `/messages/${event.conversation}/${event.seq}`;
    const edited = await anna!.ask('POST', `${place}/edit`, { content: mediaContent(second) });
    assert.equal(edited.status, 200, edited.text);
    assert.deepEqual(await codesOf([bert!], first.id), ['ok']);
    assert.deepEqual(await codesOf([bert!], second.id), ['ok']);
    await sendTo(anna!, to, { ...mediaContent(third) });
    const expiring = await anna!.ask('POST', '/messages/send', { to, content: mediaContent(third), ttl: 60 });
    assert.equal(expiring.status, 201, expiring.text);
    assert.equal((await anna!.ask('DELETE', place)).status, 200);
    assert.deepEqual(await codesOf([bert!, bert!], first.id), ['not_found', 'not_found']);
    assert.deepEqual(await codesOf([bert!], second.id), ['not_found']);
    assert.deepEqual(await codesOf([anna!, bert!], third.id), ['ok', 'ok']);

    const url = await urlOf(anna!, first.id);
    await stage.media.sweeper.sweep();
    assert.equal((await raw(url)).statusCode, 200, 'it was removed before its time');
    const start = now;
    try {
      now = start + DAY_MS + 1_000;
      await stage.media.sweeper.sweep();
      assert.deepEqual(
        await Promise.all(
          [first, second, third].map(async ({ id }) => (await stage.directory.media.get(id)) !== null),
        ),
        [false, false, true],
      );
    } finally {
      now = start;
    }
  });

  it('are fetched by no URL but those that were given', async () => {
    const [media, other] = [
      await uploaded(anna!, await plainPicture(50, 50).png().toBuffer()),
      await uploaded(anna!, Buffer.from('other')),
    ];
    const { body } = await anna!.ask('GET', `/media/${media.id}`);
    const good = new URL(body.url, 'http://x');
    assert.equal((await raw(body.url)).statusCode, 200);
    const changed = (change: (url: URL) => void) => {
      const url = new URL(good);
      change(url);
      return url.pathname + url.search;
    };
    const set = (name: string, value: string) => changed((url) => url.searchParams.set(name, value));
    const signature = good.searchParams.get('signature')!;
    const flipped = (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1);
    const tampered = [
      set('expires', String(Number(good.searchParams.get('expires')) + 1)),
      set('user', bert!.id),
      set('signature', flipped),
      changed((url) => {
        url.pathname = `/media/${media.id}/thumbnail`;
      }),
      changed((url) => {
        url.pathname = `/media/${other.id}/content`;
      }),
    ];
    for (const url of tampered) {
      const answer = await raw(url);
      assert.equal(answer.json().code, 'not_found', url);
    }
    for (const url of [
      set('signature', 'short'),
      changed((one) => one.searchParams.delete('user')),
      `/media/${media.id}/content`,
    ])
      assert.equal((await raw(url)).json().code, 'bad_request', url);
    const start = now;
    try {
      now = body.urls_expire;
      assert.equal((await raw(body.url)).json().code, 'not_found', 'it is good for ever');
    } finally {
      now = start;
    }
    assert.equal((await anna!.ask('DELETE', `/media/${media.id}`)).status, 204);
    assert.equal((await raw(body.url)).json().code, 'not_found', 'it was deleted');
  });
});
