import assert from 'node:assert/strict';
import { access, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { examine } from './examining.ts';
import { plainPicture } from './images/samples.ts';
import { createWorkshop, type Workshop } from './images/workshop.ts';
import { createVideoTools } from './video.ts';

/** The beginning of an MP4. */
const video = Buffer.concat([
  Buffer.from('0000001c66747970', 'hex'),
  Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1'),
  Buffer.alloc(64),
]);

/** Of a shell: what the last argument says, without `file:`. */
const LAST = 'shift $(($# - 1)); target=$(echo "$1" | cut -c6-)';

describe('videos', () => {
  let folder: string;
  let workshop: Workshop;
  let source: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-video-'));
    workshop = createWorkshop({ pixels: 10_000_000, timeoutMs: 30_000, memoryBytes: 1_073_741_824 });
    source = join(folder, 'source');
    await writeFile(source, video);
    await writeFile(join(folder, 'frame.png'), await plainPicture(640, 360).png().toBuffer());
  });
  after(async () => {
    workshop.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Programs in the place of ffmpeg and ffprobe; what they were asked is in `asked`. */
  async function programs(ffmpeg: string, ffprobe: string) {
    const place = await mkdtemp(join(folder, 'bin-'));
    for (const [name, script] of Object.entries({ ffmpeg, ffprobe })) {
      await writeFile(join(place, name), `#!/bin/sh\necho "$@" >> ${place}/asked\n${script}\n`);
      await chmod(join(place, name), 0o700);
    }
    return { ffmpeg: join(place, 'ffmpeg'), asked: () => readFile(join(place, 'asked'), 'utf8') };
  }
  const look = (ffmpeg: string, timeoutMs = 10_000) =>
    examine({ folder, workshop, video: createVideoTools(ffmpeg, timeoutMs) }, source);
  const nothing = {
    path: null,
    thumbnail: null,
    width: null,
    height: null,
    durationMs: null,
    blurhash: null,
  };

  it('have a picture of themselves, and what they say of their size and length', async () => {
    const said = { streams: [{}, { width: 640, height: 360 }], format: { duration: '12.345' } };
    const { ffmpeg, asked } = await programs(
      `${LAST}; cp ${folder}/frame.png "$target"`,
      `echo '${JSON.stringify(said)}'`,
    );
    const found = await look(ffmpeg);
    assert.deepEqual(
      [found.mime, found.kind, found.width, found.height, found.durationMs],
      ['video/mp4', 'video', 640, 360, 12_345],
    );
    assert.match(found.blurhash!, /^.{20,}$/);
    await access(found.thumbnail!);
    const lines = (await asked()).trim().split('\n');
    assert.equal(lines.length, 2);
    for (const line of lines)
      assert.match(line, /-protocol_whitelist file,pipe -i file:/, 'it may use the network');
    assert.ok(lines.some((line) => line.includes('-nostdin')));
  });

  it('that lie on their side are told as they are seen', async () => {
    const said = { streams: [{ width: 640, height: 360, side_data_list: [{ rotation: -90 }] }], format: {} };
    const { ffmpeg } = await programs('exit 1', `echo '${JSON.stringify(said)}'`);
    const found = await look(ffmpeg);
    assert.deepEqual([found.width, found.height, found.durationMs, found.thumbnail], [360, 640, null, null]);
  });

  const failing: [string, string, string][] = [
    ['fails', 'exit 1', 'exit 1'],
    ['writes nonsense', `${LAST}; echo nonsense > "$target"`, 'echo nonsense'],
    [
      'says what cannot be',
      'exit 1',
      `echo '{"streams":[{"width":-3,"height":1e9}],"format":{"duration":"1e12"}}'`,
    ],
  ];
  for (const [what, ffmpeg, ffprobe] of failing)
    it(`are files without a picture where the program ${what}`, async () => {
      const found = await look((await programs(ffmpeg, ffprobe)).ffmpeg);
      assert.deepEqual(found, { ...nothing, mime: 'video/mp4', kind: 'video' });
    });

  it('are files without a picture where there is no program, or it takes too long', async () => {
    const expected = { ...nothing, mime: 'video/mp4', kind: 'video' };
    assert.deepEqual(await look(''), expected);
    assert.deepEqual(await look(join(folder, 'is-not-there')), expected);
    const { ffmpeg } = await programs('exec sleep 60', 'exec sleep 60');
    assert.deepEqual(await look(ffmpeg, 100), expected);
  });
});
