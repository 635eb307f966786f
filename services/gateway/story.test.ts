/** Everything that can be done over HTTP, over the real services; each answer is held against the contract (fixtures/person.ts). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { PASSWORD, Person, register } from './fixtures/person.ts';
import { gatewayStage, type Stage } from './fixtures/stage.ts';

const text = (value: string) => ({ type: 'text', text: value });

describe('the gateway', () => {
  let stage: Stage;
  let anna: Person;
  let ben: Person;
  let cleo: Person;
  const nobody = () => new Person(stage.app, null);

  before(async () => {
    stage = await gatewayStage();
    anna = await register(stage.app, 'anna');
    ben = await register(stage.app, 'ben');
    cleo = await register(stage.app, 'cleo');
  });
  after(() => stage.dispose());

  it('signs in, refreshes once, and signs out', async () => {
    const { mqtt, user, device, device_token } = anna.signIn;
    assert.deepEqual(
      { username: mqtt.username, client_id: mqtt.client_id, password: mqtt.password },
      { username: user.id, client_id: device.id, password: device_token },
    );
    const again = await nobody().ask('POST', '/login', {
      username: 'anna',
      password: PASSWORD,
      device: 'tablet',
    });
    assert.equal(again.body.device.name, 'tablet');
    const refreshed = await nobody().ask('POST', '/token/refresh', {
      refresh_token: again.body.refresh_token,
    });
    assert.equal(refreshed.body.device.id, again.body.device.id);
    const tablet = new Person(stage.app, refreshed.body);
    assert.equal((await tablet.ask('POST', '/logout')).status, 204);
    assert.equal((await tablet.ask('GET', '/devices')).body.code, 'device_revoked');
    assert.equal((await anna.ask('GET', '/devices')).status, 200);
  });

  it('sends, and answers a repeated id with the first result', async () => {
    const body = { id: uuidv7(), to: { user: ben.id }, content: text('hello') };
    const first = await anna.ask('POST', '/messages/send', body);
    assert.equal(first.status, 201);
    assert.equal(first.body.id, body.id);
    assert.deepEqual(first.body.content, text('hello'));
    const second = await anna.ask('POST', '/messages/send', { ...body, content: text('something else') });
    assert.deepEqual([second.status, second.body], [201, first.body]);
    const without = await anna.ask('POST', '/messages/send', { to: { user: ben.id }, content: text('and') });
    assert.equal(without.body.seq, first.body.seq + 1);
    assert.match(without.body.id, /^[0-9a-f-]{14}7/);
  });

  it('edits, reacts, deletes and hides', async () => {
    const sent = (await anna.ask('POST', '/messages/send', { to: { user: ben.id }, content: text('helo') }))
      .body;
    const at = `/messages/${sent.conversation}/${sent.seq}`;
    const edited = await anna.ask('POST', `${at}/edit`, { content: text('hello') });
    assert.deepEqual([edited.body.type, edited.body.target], ['message.edited', sent.seq]);
    assert.equal((await ben.ask('POST', `${at}/edit`, { content: text('x') })).body.code, 'not_the_sender');
    assert.equal((await ben.ask('PUT', `${at}/reaction`, { emoji: '👍' })).body.emoji, '👍');
    assert.equal((await ben.ask('DELETE', `${at}/reaction`)).body.emoji, null);
    const hidden = await ben.ask('DELETE', `${at}?for=me`);
    assert.deepEqual([hidden.body.type, hidden.body.conversation], ['message.hidden', ben.id]);
    const id = uuidv7();
    const deleted = await anna.ask('DELETE', `${at}?for=everyone&id=${id}`);
    assert.deepEqual([deleted.body.type, deleted.body.id], ['message.deleted', id]);
    assert.equal((await anna.ask('DELETE', `${at}?id=${id}`)).body.seq, deleted.body.seq);
    assert.equal((await anna.ask('DELETE', `${at}?for=nobody`)).body.code, 'bad_request');
    const page = (await anna.ask('GET', `/messages/${sent.conversation}?after=${sent.seq - 1}&limit=1`)).body;
    assert.equal(page.events[0].deleted, true);
    assert.equal(page.events[0].content, undefined);
  });

  it('pages in both directions', async () => {
    const [dora, emil] = [await register(stage.app, 'dora'), await register(stage.app, 'emil')];
    let conversation = '';
    for (let i = 1; i <= 5; i++) {
      const { body } = await dora.ask('POST', '/messages/send', {
        to: { user: emil.id },
        content: text(`no. ${i}`),
      });
      conversation = body.conversation;
    }
    const seqs = async (query: string) =>
      (await emil.ask('GET', `/messages/${conversation}${query}`)).body.events.map(
        (e: { seq: number }) => e.seq,
      );
    assert.deepEqual(await seqs('?limit=2'), [4, 5]);
    assert.deepEqual(await seqs('?before=4&limit=2'), [2, 3]);
    assert.deepEqual(await seqs('?after=0&limit=2'), [1, 2]);
    assert.equal((await anna.ask('GET', `/messages/${conversation}`)).body.code, 'conversation_not_found');
    for (const bad of ['?limit=0', '?limit=x', '?limit=1&limit=2', '?before=1.5', '?nonsense=1', '?v=1'])
      assert.equal((await emil.ask('GET', `/messages/${conversation}${bad}`)).body.code, 'bad_request', bad);
  });

  it('reads, and says who has and who read', async () => {
    const sent = (
      await anna.ask('POST', '/messages/send', { to: { user: cleo.id }, content: text('read me') })
    ).body;
    const read = `/conversations/${sent.conversation}/read`;
    assert.equal((await cleo.ask('POST', read, { seq: sent.seq })).status, 204);
    assert.equal((await cleo.ask('POST', read, { seq: 999 })).body.code, 'message_not_found');
    const status = (await anna.ask('GET', `/messages/${sent.id}/status`)).body;
    assert.deepEqual([status.read_count, status.members[0].user], [1, cleo.id]);
    assert.equal((await cleo.ask('GET', `/messages/${sent.id}/status`)).body.code, 'not_found');
    const { receipts } = (await anna.ask('GET', `/conversations/${sent.conversation}/receipts`)).body;
    assert.equal(receipts.find((r: { user: string }) => r.user === cleo.id).read, sent.seq);
  });

  it('makes and keeps a group', async () => {
    const made = await anna.ask('POST', '/groups/create', { name: 'Rowing', members: [ben.id] });
    assert.equal(made.status, 201);
    const { conversation, event } = made.body;
    assert.deepEqual([event.type, event.conversation], ['group.created', conversation]);
    const group = `/groups/${conversation}`;
    assert.equal((await anna.ask('POST', `${group}/add`, { users: [cleo.id] })).body.type, 'members.added');
    assert.equal((await ben.ask('POST', `${group}/remove`, { users: [cleo.id] })).body.code, 'not_an_admin');
    assert.equal(
      (await anna.ask('POST', `${group}/role`, { user: ben.id, role: 'admin' })).body.role,
      'admin',
    );
    assert.equal(
      (await ben.ask('POST', `${group}/remove`, { users: [cleo.id] })).body.type,
      'members.removed',
    );
    assert.equal((await ben.ask('POST', `${group}/update`, { name: 'Sailing' })).body.name, 'Sailing');
    assert.equal(
      (await anna.ask('PUT', `/conversations/${conversation}/timer`, { seconds: 60 })).body.seconds,
      60,
    );
    assert.equal((await anna.ask('POST', `${group}/leave`)).body.code, 'last_owner');
    assert.equal((await ben.ask('POST', `${group}/leave`)).body.type, 'members.removed');
    const one = (await anna.ask('GET', `/conversations/${conversation}`)).body;
    assert.deepEqual([one.name, one.timer, one.members_count], ['Sailing', 60, 1]);
    assert.equal((await anna.ask('GET', `/conversations/${conversation}/members`)).body.members.length, 1);
    const listed = (await anna.ask('GET', '/conversations?limit=1')).body;
    assert.equal(listed.conversations[0].id, conversation);
    assert.notEqual(listed.next, null);
    const next = await anna.ask('GET', `/conversations?limit=1&cursor=${listed.next}`);
    assert.notEqual(next.body.conversations[0].id, conversation);
  });

  it('finds what was said', async () => {
    await anna.ask('POST', '/messages/send', {
      to: { user: anna.id },
      content: text('remember the cormorant'),
    });
    assert.equal((await anna.ask('GET', '/search?query=cormorant')).body.events.length, 1);
    assert.equal((await ben.ask('GET', '/search?query=cormorant')).body.events.length, 0);
    assert.equal((await anna.ask('GET', '/search?query=%22')).body.code, 'bad_query');
    assert.equal((await anna.ask('GET', '/search')).body.code, 'bad_request');
    assert.equal((await anna.ask('GET', '/search?query=x&cursor=AAAA')).body.code, 'bad_cursor');
  });

  it('keeps profile, privacy, contacts and blocks', async () => {
    await anna.ask('PATCH', '/profile', { name: 'Anna', status: 'afloat' });
    assert.deepEqual((await anna.ask('GET', '/profile')).body.name, 'Anna');
    assert.equal((await ben.ask('GET', `/users/${anna.id}`)).body.status, 'afloat');
    assert.equal((await ben.ask('GET', '/users?username=anna')).body.id, anna.id);
    assert.equal((await ben.ask('GET', '/users?username=nobody-at-all')).body.code, 'user_not_found');
    await anna.ask('PATCH', '/privacy', { presence: 'contacts' });
    assert.equal((await anna.ask('GET', '/privacy')).body.presence, 'contacts');
    await anna.ask('PUT', `/contacts/${ben.id}`, { name: 'Benny' });
    assert.equal((await anna.ask('GET', '/contacts')).body.contacts[0].name, 'Benny');
    await anna.ask('DELETE', `/contacts/${ben.id}`);
    assert.deepEqual((await anna.ask('GET', '/contacts')).body.contacts, []);
    await anna.ask('PUT', `/blocks/${cleo.id}`);
    assert.equal((await anna.ask('GET', '/blocks')).body.blocks[0].user, cleo.id);
    const refused = await cleo.ask('POST', '/messages/send', { to: { user: anna.id }, content: text('x') });
    assert.deepEqual([refused.status, refused.body.code], [403, 'blocked']);
    await anna.ask('DELETE', `/blocks/${cleo.id}`);
    assert.deepEqual((await anna.ask('GET', '/blocks')).body.blocks, []);
  });

  it('names and revokes devices of one’s own', async () => {
    const other = new Person(
      stage.app,
      (await nobody().ask('POST', '/login', { username: 'ben', password: PASSWORD })).body,
    );
    assert.equal((await ben.ask('PATCH', `/devices/${other.device}`, { name: 'old phone' })).status, 200);
    const { devices } = (await ben.ask('GET', '/devices')).body;
    assert.equal(devices.find((d: { device: string }) => d.device === other.device).name, 'old phone');
    assert.equal((await anna.ask('DELETE', `/devices/${other.device}`)).body.code, 'not_found');
    assert.equal((await other.ask('GET', '/devices')).status, 200);
    assert.equal((await ben.ask('DELETE', `/devices/${other.device}`)).body.type, 'device.revoked');
    assert.equal((await other.ask('GET', '/devices')).body.code, 'device_revoked');
  });

  it('changes the password, and signs the other devices out', async () => {
    const first = await register(stage.app, 'fritz');
    const login = (password: string) => nobody().ask('POST', '/login', { username: 'fritz', password });
    const second = new Person(stage.app, (await login(PASSWORD)).body);
    const next = 'another horse, another battery';
    const wrong = await second.ask('POST', '/password', { current_password: 'no', new_password: next });
    assert.equal(wrong.body.code, 'bad_credentials');
    const changed = await second.ask('POST', '/password', { current_password: PASSWORD, new_password: next });
    assert.equal(changed.status, 204);
    assert.equal((await first.ask('GET', '/devices')).body.code, 'device_revoked');
    assert.equal((await second.ask('GET', '/devices')).status, 200);
    assert.equal((await login(PASSWORD)).body.code, 'bad_credentials');
    assert.equal((await login(next)).status, 200);
  });

  it('shows presence to those who may see it', async () => {
    const [gina, hugo] = [await register(stage.app, 'gina'), await register(stage.app, 'hugo')];
    const presence = `/users/${gina.id}/presence`;
    assert.equal((await hugo.ask('GET', presence)).body.code, 'forbidden');
    assert.equal((await hugo.ask('GET', `/users/${uuidv7()}/presence`)).body.code, 'user_not_found');
    await gina.ask('PUT', `/contacts/${hugo.id}`);
    stage.online.add(gina.id);
    assert.deepEqual((await hugo.ask('GET', presence)).body, { user: gina.id, online: true });
    stage.online.delete(gina.id);
    stage.accounts.seen({ user: gina.id, device: gina.device }, 1_234);
    assert.deepEqual((await hugo.ask('GET', presence)).body, {
      user: gina.id,
      online: false,
      last_seen: 1_234,
    });
    await gina.ask('PATCH', '/privacy', { last_seen: 'nobody' });
    assert.deepEqual((await hugo.ask('GET', presence)).body, { user: gina.id, online: false });
    await gina.ask('PATCH', '/privacy', { presence: 'nobody' });
    assert.equal((await hugo.ask('GET', presence)).body.code, 'forbidden');
    assert.equal((await gina.ask('GET', presence)).body.online, false);
  });

  it('lets administrators invite, and nobody else', async () => {
    assert.equal((await anna.ask('POST', '/invitations', {})).body.code, 'forbidden');
    await stage.accounts.grantAdmin('anna');
    const made = await anna.ask('POST', '/invitations', { admin: true });
    assert.equal(made.status, 201);
    const body = { username: 'invited', password: PASSWORD, invitation: made.body.code };
    assert.equal((await nobody().ask('POST', '/register', body)).body.user.admin, true);
    const again = await nobody().ask('POST', '/register', { ...body, username: 'another' });
    assert.equal(again.body.code, 'invitation_invalid');
  });
});
