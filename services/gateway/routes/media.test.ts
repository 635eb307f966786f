import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { bomb, CAMERA, plainPicture, tellingPicture } from '../../media/images/samples.ts';
import type { Answer, Body } from '../fixtures/answer.ts';
import { form } from '../fixtures/form.ts';
import { type Person, register } from '../fixtures/person.ts';
import { gatewayStage, type Stage } from '../fixtures/stage.ts';

const DAY_MS = 86_400_000;

describe('files over HTTP', () => {
  let stage: Stage;
  let [anna, bert, carl]: Person[] = [];
  let now = Date.now();
  before(async () => {
    stage = await gatewayStage(
      (config) => {
        config.limits.httpRequestsPerMinuteIp = 0;
        config.limits.commandsPerSecondUser = 0;
        config.media.maxBytes = 3_000_000;
        config.media.imageMegapixels = 20;
      },
      { now: () => now },
    );
    [anna, bert, carl] = await Promise.all(['anna', 'bert', 'carl'].map((name) => register(stage.app, name)));
  });
  after(() => stage.dispose());

  async function upload(
    who: Person,
    bytes: Buffer,
    fields: Record<string, string> = {},
    name = 'a file',
  ): Promise<Answer> {
    const { payload, headers } = form({ file: { bytes, name }, ...fields });
    return who.ask('POST', '/media/upload', payload, headers);
  }
  async function uploaded(...given: Parameters<typeof upload>): Promise<Body> {
    const answer = await upload(...given);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }
  const contentOf = ({ id, kind, mime, bytes }: Body, more = {}) => ({
    ...{ type: 'media', kind, media: id, mime, bytes },
    ...more,
  });
  const send = (who: Person, to: object, content: unknown) =>
    who.ask('POST', '/messages/send', { to, content });
  const raw = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    stage.app.inject({ method, url, headers });
  const urlOf = async (who: Person, id: string): Promise<string> => {
    const { status, body, text } = await who.ask('GET', `/media/${id}`);
    assert.equal(status, 200, text);
    return body.url;
  };
  const codes = async (who: Person[], id: string) =>
    Promise.all(who.map(async (one) => (await one.ask('GET', `/media/${id}`)).body.code ?? 'ok'));

  it('are stored as they came, and fetched whole and in parts', async () => {
    const bytes = Buffer.from('0123456789'.repeat(10));
    const media = await uploaded(anna!, bytes, {}, 'tëst (1).txt');
    assert.equal(media.sha256, createHash('sha256').update(bytes).digest('hex'));
    assert.deepEqual(
      [media.kind, media.mime, media.bytes, media.name, media.thumbnail],
      ['document', 'application/octet-stream', 100, 'tëst (1).txt', false],
    );
    const url = await urlOf(anna!, media.id);
    const whole = await raw(url);
    assert.deepEqual(whole.rawPayload, bytes);
    assert.match(
      String(whole.headers['content-disposition']),
      /^attachment; filename="t_st \(1\)\.txt"; filename\*=UTF-8''t%C3%ABst%20%281%29.txt$/,
    );
    assert.equal(whole.headers['x-content-type-options'], 'nosniff');
    assert.match(String(whole.headers['content-security-policy']), /sandbox/);
    assert.match(String(whole.headers['cache-control']), /^private, max-age=\d+, immutable$/);
    const etag = String(whole.headers.etag);

    const parts: [string, string, string][] = [
      ['bytes=0-0', '0', 'bytes 0-0/100'],
      ['bytes=95-', '56789', 'bytes 95-99/100'],
      ['bytes=-3', '789', 'bytes 97-99/100'],
      ['bytes=98-500', '89', 'bytes 98-99/100'],
    ];
    for (const [range, expected, told] of parts) {
      const part = await raw(url, { range });
      assert.deepEqual([part.statusCode, part.payload, part.headers['content-range']], [206, expected, told]);
    }
    for (const range of ['bytes=100-', 'bytes=-0']) {
      const none = await raw(url, { range });
      assert.deepEqual([none.statusCode, none.headers['content-range']], [416, 'bytes */100']);
      assert.equal(none.json().code, 'range_not_satisfiable');
    }
    for (const range of ['bytes=5-3', 'lines=1-2', 'bytes=0-1,4-5', 'bytes=-'])
      assert.equal((await raw(url, { range })).statusCode, 200, range);
    assert.equal((await raw(url, { range: 'bytes=0-1', 'if-range': etag })).statusCode, 206);
    assert.equal((await raw(url, { range: 'bytes=0-1', 'if-range': '"another"' })).statusCode, 200);
    assert.equal((await raw(url, { 'if-none-match': `"x", W/${etag}` })).statusCode, 304);
    const head = await raw(url, {}, 'HEAD');
    assert.deepEqual([head.statusCode, head.headers['content-length'], head.payload], [200, '100', '']);
  });

  it('are what their bytes are, whatever they are called', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
    const page = '<!doctype html><script>alert(1)</script>';
    for (const text of [
      svg,
      page,
      `<?xml version="1.0"?>${svg}`,
      `GIF89a/*${page}*/=1`,
      `%!PS\n${page}`,
      `\xff\xd8\xff\xe0${page}`,
    ]) {
      const media = await uploaded(anna!, Buffer.from(text, 'latin1'), { kind: 'image' }, 'cat.jpg');
      assert.deepEqual(
        [media.kind, media.mime, media.thumbnail],
        ['document', 'application/octet-stream', false],
        text,
      );
      const fetched = await raw(await urlOf(anna!, media.id));
      assert.equal(fetched.headers['content-type'], 'application/octet-stream');
      assert.match(String(fetched.headers['content-disposition']), /^attachment/);
    }
    const pdf = await uploaded(anna!, Buffer.from('%PDF-1.7\n%%EOF'), {}, 'a.pdf');
    assert.equal(pdf.mime, 'application/pdf');
    assert.match(
      String((await raw(await urlOf(anna!, pdf.id))).headers['content-disposition']),
      /^attachment/,
    );
  });

  it('that are pictures say nothing of where they were taken, and have a thumbnail', async () => {
    const bytes = await tellingPicture('jpeg');
    const media = await uploaded(anna!, bytes, {}, 'holiday.jpg');
    assert.deepEqual(
      [media.kind, media.mime, media.width, media.height, media.thumbnail],
      ['image', 'image/jpeg', 400, 800, true],
    );
    const { body } = await anna!.ask('GET', `/media/${media.id}`);
    const [picture, small] = await Promise.all([raw(body.url), raw(body.thumbnail_url)]);
    assert.equal(picture.rawPayload.length, media.bytes);
    assert.equal(createHash('sha256').update(picture.rawPayload).digest('hex'), media.sha256);
    assert.ok(
      bytes.includes(CAMERA) && !picture.rawPayload.includes(CAMERA) && !small.rawPayload.includes(CAMERA),
    );
    assert.match(String(picture.headers['content-disposition']), /^inline; filename="holiday.jpg"/);
    assert.deepEqual([small.statusCode, small.headers['content-type']], [200, 'image/webp']);
  });

  it('that unfold to too much are refused', async () => {
    const { body } = await upload(anna!, bomb(50_000, 50_000));
    assert.equal(body.code, 'media_rejected');
  });

  it('are held against their digest, and no more than so large', async () => {
    const bytes = Buffer.from('exactly this');
    const integrity = `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
    await uploaded(anna!, bytes, { integrity });
    assert.equal(
      (await upload(anna!, Buffer.from('exactly that'), { integrity })).body.code,
      'integrity_failed',
    );
    const large = await upload(anna!, Buffer.alloc(3_000_001));
    assert.equal(large.body.code, 'too_large');
    await uploaded(anna!, Buffer.alloc(3_000_000));
  });

  const wrong: [string, () => Promise<Answer>, RegExp][] = [
    ['JSON', () => anna!.ask('POST', '/media/upload', { file: 'x' }), /multipart/],
    ['nothing', () => anna!.ask('POST', '/media/upload'), /multipart/],
    [
      'no file',
      () => {
        const { payload, headers } = form({ name: 'x' });
        return anna!.ask('POST', '/media/upload', payload, headers);
      },
      /\/file/,
    ],
    [
      'a file of another name',
      () => {
        const { payload, headers } = form({ other: { bytes: Buffer.from('x') } });
        return anna!.ask('POST', '/media/upload', payload, headers);
      },
      /\/other/,
    ],
    ['a field of one’s own', () => upload(anna!, Buffer.from('x'), { color: 'red' }), /\/color/],
    ['a kind that there is not', () => upload(anna!, Buffer.from('x'), { kind: 'program' }), /\/kind/],
    ['a waveform that is none', () => upload(anna!, Buffer.from('x'), { waveform: '[1,99]' }), /\/waveform/],
    [
      'a thumbnail of what is not encrypted',
      () => {
        const { payload, headers } = form({
          file: { bytes: Buffer.from('x') },
          thumbnail: { bytes: Buffer.from('y') },
        });
        return anna!.ask('POST', '/media/upload', payload, headers);
      },
      /\/thumbnail/,
    ],
    [
      'a form that ends in the middle',
      () => {
        const { payload, headers } = form({ file: { bytes: Buffer.alloc(1_000) } });
        return anna!.ask('POST', '/media/upload', payload.subarray(0, 700), headers);
      },
      /form/,
    ],
  ];
  for (const [what, ask, detail] of wrong)
    it(`refuse ${what}`, async () => {
      const { body, text } = await ask();
      assert.equal(body.code, 'bad_request', text);
      assert.match(body.detail, detail);
    });

  it('that are encrypted are stored without a look inside', async () => {
    const picture = await plainPicture().jpeg().toBuffer();
    const { payload, headers } = form({
      encrypted: 'true',
      kind: 'image',
      file: { bytes: picture, name: 'x.jpg', type: 'image/jpeg' },
      thumbnail: { bytes: Buffer.from('sealed') },
    });
    const { body: media } = await anna!.ask('POST', '/media/upload', payload, headers);
    assert.deepEqual(
      [media.kind, media.mime, media.bytes, media.blurhash, media.thumbnail, media.encrypted],
      ['image', 'application/octet-stream', picture.length, null, true, true],
    );
    const { body } = await anna!.ask('GET', `/media/${media.id}`);
    const fetched = await raw(body.url);
    assert.deepEqual(fetched.rawPayload, picture);
    assert.match(String(fetched.headers['content-disposition']), /^attachment/);
    const small = await raw(body.thumbnail_url);
    assert.deepEqual([small.payload, small.headers['content-type']], ['sealed', 'application/octet-stream']);
  });

  it('are kept once for their owner, who learns nothing of those of others', async () => {
    const bytes = await plainPicture(123, 45).png().toBuffer();
    const used = async (who: Person) => (await who.ask('GET', '/media/quota')).body.used_bytes;
    const first = await uploaded(anna!, bytes, {}, 'one.png');
    const before = await used(anna!);
    const second = await uploaded(anna!, bytes, {}, 'two.png');
    assert.notEqual(second.id, first.id);
    assert.deepEqual([second.sha256, second.name, second.width], [first.sha256, 'two.png', 123]);
    assert.equal(await used(anna!), before);
    const theirs = await uploaded(bert!, bytes);
    assert.equal(theirs.sha256, first.sha256);
    assert.equal((await anna!.ask('DELETE', `/media/${first.id}`)).status, 204);
    assert.equal((await raw(await urlOf(anna!, second.id))).statusCode, 200);
    assert.equal((await anna!.ask('DELETE', `/media/${second.id}`)).status, 204);
    await stage.media.sweeper.sweep();
    assert.equal((await raw(await urlOf(bert!, theirs.id))).statusCode, 200, 'it went with somebody else’s');
  });

  it('are for those who may read a message that has them', async () => {
    const media = await uploaded(anna!, Buffer.from('for bert'));
    assert.deepEqual(await codes([anna!, bert!, carl!], media.id), ['ok', 'not_found', 'not_found']);
    const sent = await send(
      anna!,
      { user: bert!.id },
      contentOf(media, { text: 'look', name: 'letter.txt' }),
    );
    assert.equal(sent.status, 201, sent.text);
    assert.deepEqual(await codes([anna!, bert!, carl!], media.id), ['ok', 'ok', 'not_found']);
    assert.equal((await anna!.ask('DELETE', `/media/${media.id}`)).body.code, 'media_in_use');
    assert.equal((await bert!.ask('DELETE', `/media/${media.id}`)).body.code, 'not_found');
    // Whoever can read it can hand it on; whoever cannot has no use of its id.
    assert.equal((await send(carl!, { user: bert!.id }, contentOf(media))).body.code, 'media_not_found');
    assert.equal(
      (await send(bert!, { user: carl!.id }, contentOf(media, { name: 'letter.txt' }))).status,
      201,
    );
    assert.deepEqual(await codes([carl!], media.id), ['ok']);
    for (const query of ['look', 'letter'])
      assert.ok((await bert!.ask('GET', `/search?query=${query}`)).body.events.length > 0, query);

    // A lie about it is refused, as readers go by what the message says.
    const encrypted = { scheme: 'chacha20-poly1305-stream-64k', key: 'A'.repeat(43), bytes: 1 };
    for (const lie of [{ bytes: 1 }, { mime: 'image/jpeg' }, { encrypted }])
      assert.equal((await send(anna!, { user: bert!.id }, contentOf(media, lie))).body.code, 'bad_request');
  });

  it('stay with who could read them, and are none of who comes or goes', async () => {
    const { body: group } = await anna!.ask('POST', '/groups/create', { name: 'g', members: [bert!.id] });
    const to = { conversation: group.conversation };
    const before = await uploaded(anna!, Buffer.from('before'));
    await send(anna!, to, contentOf(before));
    assert.equal(
      (await anna!.ask('POST', `/groups/${group.conversation}/remove`, { users: [bert!.id] })).status,
      200,
    );
    await anna!.ask('POST', `/groups/${group.conversation}/add`, { users: [carl!.id] });
    const afterwards = await uploaded(anna!, Buffer.from('after'));
    await send(anna!, to, contentOf(afterwards));
    assert.deepEqual(await codes([bert!, carl!], before.id), ['ok', 'not_found']);
    assert.deepEqual(await codes([bert!, carl!], afterwards.id), ['not_found', 'ok']);
  });

  it('go with their message, when it is deleted, edited and deleted, or expires', async () => {
    const [first, second, third] = await Promise.all(
      ['1', '2', '3'].map((text) => uploaded(anna!, Buffer.from(`file ${text}`))),
    );
    const to = { user: bert!.id };
    const { body: event } = await send(anna!, to, contentOf(first));
    const place = `/messages/${event.conversation}/${event.seq}`;
    const edited = await anna!.ask('POST', `${place}/edit`, { content: contentOf(second) });
    assert.equal(edited.status, 200, edited.text);
    assert.deepEqual(await codes([bert!], first.id), ['ok']);
    assert.deepEqual(await codes([bert!], second.id), ['ok']);
    await send(anna!, to, { ...contentOf(third) });
    const expiring = await anna!.ask('POST', '/messages/send', { to, content: contentOf(third), ttl: 60 });
    assert.equal(expiring.status, 201, expiring.text);
    assert.equal((await anna!.ask('DELETE', place)).status, 200);
    assert.deepEqual(await codes([bert!, bert!], first.id), ['not_found', 'not_found']);
    assert.deepEqual(await codes([bert!], second.id), ['not_found']);
    assert.deepEqual(await codes([anna!, bert!], third.id), ['ok', 'ok']);

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

  it('are for bots with a scope for messages', async () => {
    const { body: bot } = await anna!.ask('POST', '/bots', {
      username: 'filebot',
      scopes: ['messages.send'],
    });
    const headers = { authorization: `Bearer ${bot.mqtt.password}` };
    const { payload, headers: type } = form({ file: { bytes: Buffer.from('by a bot') } });
    const made = await stage.app.inject({
      method: 'POST',
      url: '/media/upload',
      payload,
      headers: { ...headers, ...type },
    });
    assert.equal(made.statusCode, 201, made.payload);
    const asked = await stage.app.inject({ method: 'GET', url: `/media/${made.json().id}`, headers });
    assert.equal(asked.json().code, 'scope_missing');
  });
});

describe('quotas of files', () => {
  it('bound what one has and uploads in a day', async () => {
    const stage = await gatewayStage((config) => {
      config.media.quotaMegabytes = 2;
      config.media.dailyMegabytes = 4;
    });
    try {
      const dora = await register(stage.app, 'dora');
      const upload = async (size: number, fill: number) => {
        const { payload, headers } = form({ file: { bytes: Buffer.alloc(size, fill) } });
        return (await dora.ask('POST', '/media/upload', payload, headers)).body;
      };
      const first = await upload(1_500_000, 1);
      assert.equal((await upload(1_500_000, 2)).code, 'quota_exceeded');
      await dora.ask('DELETE', `/media/${first.id}`);
      const second = await upload(1_500_000, 3);
      assert.ok(second.id);
      await dora.ask('DELETE', `/media/${second.id}`);
      const refused = await upload(1_500_000, 4);
      assert.equal(refused.code, 'daily_quota_exceeded');
      assert.ok(refused.retry_after_ms > 0);
      const { body } = await dora.ask('GET', '/media/quota');
      assert.deepEqual([body.used_bytes, body.today_bytes, body.most_bytes], [0, 3_000_000, 2 * 1_048_576]);
    } finally {
      await stage.dispose();
    }
  });
});
