import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { PASSWORD, Person, register } from './fixtures/person.ts';
import { gatewayStage, type Stage } from './fixtures/stage.ts';

describe('reports, for administrators', () => {
  let stage: Stage;
  let admin: Person;
  let anna: Person;
  let ben: Person;
  before(async () => {
    stage = await gatewayStage();
    await register(stage.app, 'admin');
    await stage.accounts.grantAdmin('admin');
    const again = await new Person(stage.app, null).ask('POST', '/login', {
      username: 'admin',
      password: PASSWORD,
    });
    admin = new Person(stage.app, again.body);
    anna = await register(stage.app, 'anna');
    ben = await register(stage.app, 'ben');
  });
  after(() => stage.dispose());

  const reported = async (more: object = {}) => {
    const answer = await anna.ask('POST', '/reports', { user: ben.id, reason: 'spam', ...more });
    assert.equal(answer.status, 201, answer.text);
    return answer.body.id as string;
  };

  it('are listed newest first, read with their messages, and closed', async () => {
    const sent = await ben.ask('POST', '/messages/send', {
      to: { user: anna.id },
      content: { type: 'text', text: 'buy now' },
    });
    const { conversation, seq } = sent.body;
    const first = await reported({ conversation, messages: [seq], text: 'every day' });
    const second = await reported({ reason: 'impersonation' });

    const page = await admin.ask('GET', '/admin/reports?limit=1');
    assert.deepEqual(
      page.body.reports.map(({ id }: { id: string }) => id),
      [second],
    );
    const rest = await admin.ask('GET', `/admin/reports?limit=1&cursor=${page.body.next}`);
    assert.deepEqual(
      rest.body.reports.map(({ id }: { id: string }) => id),
      [first],
    );

    const { body } = await admin.ask('GET', `/admin/reports/${first}`);
    assert.deepEqual(
      [body.reporter, body.user, body.text, body.messages],
      [anna.id, ben.id, 'every day', [seq]],
    );
    assert.deepEqual(
      body.content.map((m: { content: object }) => m.content),
      [{ type: 'text', text: 'buy now' }],
    );

    assert.equal((await admin.ask('POST', `/admin/reports/${first}/close`)).status, 204);
    const open = await admin.ask('GET', '/admin/reports');
    assert.deepEqual(
      open.body.reports.map(({ id }: { id: string }) => id),
      [second],
    );
    const all = await admin.ask('GET', '/admin/reports?all=true');
    assert.deepEqual(
      all.body.reports.map(({ id, closed }: { id: string; closed: number | null }) => [id, closed !== null]),
      [
        [second, false],
        [first, true],
      ],
    );
    assert.equal((await admin.ask('GET', `/admin/reports/${uuidv7()}`)).body.code, 'not_found');
    assert.equal((await admin.ask('POST', `/admin/reports/${uuidv7()}/close`)).body.code, 'not_found');
    assert.equal((await admin.ask('GET', '/admin/reports?cursor=AAAA')).body.code, 'bad_cursor');
  });

  it('are nobody else’s to read or to close', async () => {
    const id = await reported();
    for (const person of [anna, ben]) {
      assert.equal((await person.ask('GET', '/admin/reports')).body.code, 'forbidden');
      assert.equal((await person.ask('GET', `/admin/reports/${id}`)).body.code, 'forbidden');
      assert.equal((await person.ask('POST', `/admin/reports/${id}/close`)).body.code, 'forbidden');
    }
    const nobody = new Person(stage.app, null);
    assert.equal((await nobody.ask('GET', '/admin/reports')).status, 401);
  });
});
