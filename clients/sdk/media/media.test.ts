import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { MediaServer } from '../fixtures/media-server.ts';
import { RefusedError } from '../session.ts';
import { contentOf, type Media } from './media.ts';

describe('files at a server', () => {
  let server: MediaServer;
  let origin: string;
  let media: Media;

  beforeEach(async () => {
    server = new MediaServer();
    origin = await server.listen();
    media = server.media(origin);
  });
  afterEach(() => server.close());

  const text = (length: number) => '0123456789'.repeat(Math.ceil(length / 10)).slice(0, length);
  const arrived = () => [...server.uploads.values()].map(({ bytes }) => bytes.toString());

  it('are uploaded in parts, with what is said of them', async () => {
    const whole = text(900_000);
    const progress: number[] = [];
    const answer = await media.upload(new Blob([whole]), {
      name: 'tëst, "1".txt',
      kind: 'voice',
      durationMs: 1_200,
      waveform: [0, 31],
      onProgress: (sent) => progress.push(sent),
    });
    assert.deepEqual(arrived(), [whole]);
    const [upload] = server.uploads.values();
    assert.deepEqual(upload!.metadata, {
      kind: 'voice',
      name: 'tëst, "1".txt',
      duration_ms: '1200',
      waveform: '0,31',
    });
    assert.equal(answer.id, upload!.media);
    assert.equal(progress[0], 0);
    assert.equal(progress.at(-1), 900_000);
    assert.ok(progress.length > 2, 'in parts');
    assert.deepEqual(contentOf(answer, 'look'), {
      ...{ type: 'media', kind: 'document', media: answer.id, mime: 'text/plain', bytes: 900_000 },
      ...{ text: 'look', name: 'tëst, "1".txt' },
    });
  });

  it('go on where a connection ended, and are begun anew where the server has forgotten them', async () => {
    const whole = text(600_000);
    let url: string | null = null;
    const options = {
      onUrl: (begun: string) => {
        url = begun;
      },
    };
    server.cutAfter = 100_000;
    await assert.rejects(
      media.upload(new Blob([whole]), options),
      (error) => !(error instanceof RefusedError),
    );
    assert.deepEqual(
      arrived().map(({ length }) => length),
      [100_000],
    );
    const progress: number[] = [];
    await media.upload(new Blob([whole]), { ...options, url, onProgress: (sent) => progress.push(sent) });
    assert.deepEqual(arrived(), [whole]);
    assert.equal(progress[0], 100_000);
    assert.equal(server.asked.filter((one) => one === 'POST /media/uploads').length, 1);

    server.uploads.clear();
    await media.upload(new Blob([whole]), { ...options, url });
    assert.deepEqual(arrived(), [whole]);
  });

  it('are there once when only the last answer was lost', async () => {
    const whole = text(1_000);
    let url = '';
    const onUrl = (begun: string) => {
      url = begun;
    };
    const first = await media.upload(new Blob([whole]), { onUrl });
    const again = await media.upload(new Blob([whole]), { url });
    assert.equal(again.id, first.id);
    assert.equal(server.uploads.size, 1);
  });

  it('are given up, also in the middle', async () => {
    const abort = new AbortController();
    let url = '';
    const upload = media.upload(new Blob([text(600_000)]), {
      signal: abort.signal,
      onUrl: (begun) => {
        url = begun;
        abort.abort(new Error('enough'));
      },
    });
    await assert.rejects(upload);
    await media.giveUp(url);
    assert.equal(server.uploads.size, 0);
  });

  it('are refused with the reason that the server gives', async () => {
    server.before = ({ method }) => (method === 'POST' ? 'quota_exceeded' : undefined);
    await assert.rejects(
      media.upload(new Blob(['x'])),
      (error) => error instanceof RefusedError && error.refusal.code === 'quota_exceeded',
    );
  });

  it('are uploaded with a fresh token where the one there is has expired', async () => {
    server.tokens.clear();
    server.tokens.add('fresh');
    let refreshed = 0;
    media = server.media(origin, () => refreshed++);
    await media.upload(new Blob([text(300_000)]));
    assert.equal(refreshed, 1);
    assert.equal(arrived()[0]!.length, 300_000);
  });

  it('never send the token elsewhere, whatever the server says of where to upload', async () => {
    server.origin = 'https://elsewhere.example';
    await media.upload(new Blob([text(1_000)]));
    assert.deepEqual(arrived(), [text(1_000)]);
    await assert.rejects(media.describe('../users/me'));
    assert.equal(server.asked.at(-1), 'GET /media/..%2Fusers%2Fme');
  });

  it('have places that are asked for once, as long as they are good by the server’s clock', async () => {
    server.ahead = 3 * 3_600_000;
    const { id } = await media.upload(new Blob(['x']));
    server.asked.length = 0;
    const [one, two] = await Promise.all([media.url(id), media.url(id)]);
    assert.equal(one, two);
    assert.ok(one!.startsWith(`${origin}/media/${id}/content?`));
    assert.equal(await media.url(id, { variant: 'thumbnail' }), null);
    assert.equal(server.asked.length, 1);
    const { until } = await media.places(id);
    assert.ok(until > Date.now() && until < Date.now() + 60_000, 'by this device’s clock');

    server.urlsGoodMs = 1_000; // as good as over
    const { id: other } = await media.upload(new Blob(['y']));
    server.asked.length = 0;
    await media.url(other);
    await media.url(other);
    assert.equal(server.asked.length, 2);
    await assert.rejects(media.url('01940000-0000-7000-8000-00000000ffff'), RefusedError);
  });
});
