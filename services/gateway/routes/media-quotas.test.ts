import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { plainPicture } from '../../media/images/samples.ts';
import { fetched, filesStage, uploaded, urlOf } from '../fixtures/files.ts';
import { form } from '../fixtures/form.ts';
import { type Person, register } from '../fixtures/person.ts';
import { gatewayStage, type Stage } from '../fixtures/stage.ts';

describe('files that are the same', () => {
  let stage: Stage;
  let [anna, bert]: Person[] = [];
  before(async () => {
    stage = await filesStage();
    [anna, bert] = await Promise.all(['anna', 'bert'].map((name) => register(stage.app, name)));
  });
  after(() => stage.dispose());

  const raw = (url: string, headers?: Record<string, string>, method?: 'GET' | 'HEAD') =>
    fetched(stage, url, headers, method);

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
});

describe('quotas of files', () => {
  it('bound what one has and uploads in a day', async () => {
    const stage = await gatewayStage((config) => {
      config.media.quotaMegabytes = 2;
      config.media.dailyMegabytes = 4;
    });
    try {
      const dora = await register(stage.app, 'dora');
      const uploadOf = async (size: number, fill: number) => {
        const { payload, headers } = form({ file: { bytes: Buffer.alloc(size, fill) } });
        return (await dora.ask('POST', '/media/upload', payload, headers)).body;
      };
      const first = await uploadOf(1_500_000, 1);
      assert.equal((await uploadOf(1_500_000, 2)).code, 'quota_exceeded');
      await dora.ask('DELETE', `/media/${first.id}`);
      const second = await uploadOf(1_500_000, 3);
      assert.ok(second.id);
      await dora.ask('DELETE', `/media/${second.id}`);
      const refused = await uploadOf(1_500_000, 4);
      assert.equal(refused.code, 'daily_quota_exceeded');
      assert.ok(refused.retry_after_ms > 0);
      const { body } = await dora.ask('GET', '/media/quota');
      assert.deepEqual([body.used_bytes, body.today_bytes, body.most_bytes], [0, 3_000_000, 2 * 1_048_576]);
    } finally {
      await stage.dispose();
    }
  });
});
