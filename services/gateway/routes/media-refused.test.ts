import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Answer } from '../fixtures/answer.ts';
import { filesStage, upload } from '../fixtures/files.ts';
import { form } from '../fixtures/form.ts';
import { type Person, register } from '../fixtures/person.ts';
import type { Stage } from '../fixtures/stage.ts';

describe('uploads that are none', () => {
  let stage: Stage;
  let anna: Person;
  before(async () => {
    stage = await filesStage();
    anna = await register(stage.app, 'anna');
  });
  after(() => stage.dispose());

  const wrong: [string, () => Promise<Answer>, RegExp][] = [
    ['JSON', () => anna.ask('POST', '/media/upload', { file: 'x' }), /multipart/],
    ['nothing', () => anna.ask('POST', '/media/upload'), /multipart/],
    [
      'no file',
      () => {
        const { payload, headers } = form({ name: 'x' });
        return anna.ask('POST', '/media/upload', payload, headers);
      },
      /\/file/,
    ],
    [
      'a file of another name',
      () => {
        const { payload, headers } = form({ other: { bytes: Buffer.from('x') } });
        return anna.ask('POST', '/media/upload', payload, headers);
      },
      /\/other/,
    ],
    ['a field of one’s own', () => upload(anna, Buffer.from('x'), { color: 'red' }), /\/color/],
    ['a kind that there is not', () => upload(anna, Buffer.from('x'), { kind: 'program' }), /\/kind/],
    ['a waveform that is none', () => upload(anna, Buffer.from('x'), { waveform: '[1,99]' }), /\/waveform/],
    [
      'a thumbnail of what is not encrypted',
      () => {
        const { payload, headers } = form({
          file: { bytes: Buffer.from('x') },
          thumbnail: { bytes: Buffer.from('y') },
        });
        return anna.ask('POST', '/media/upload', payload, headers);
      },
      /\/thumbnail/,
    ],
    [
      'a form that ends in the middle',
      () => {
        const { payload, headers } = form({ file: { bytes: Buffer.alloc(1_000) } });
        return anna.ask('POST', '/media/upload', payload.subarray(0, 700), headers);
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
});
