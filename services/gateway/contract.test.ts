/** The table of routes, the gateway and the requests that are taken are the same thing. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { commands } from '../../protocol/commands.ts';
import { commandRoutes, type Route, routes } from '../../protocol/http.ts';
import type { Answer } from './fixtures/answer.ts';
import { Person, register } from './fixtures/person.ts';
import { gatewayStage, type Stage } from './fixtures/stage.ts';

const id = '01890000-0000-7000-8000-000000000001';
const fill = (path: string) => path.replaceAll('{seq}', '1').replaceAll(/\{\w+\}/g, id);
const table: [string, Route][] = Object.entries(routes);

describe('the table of routes', () => {
  let stage: Stage;
  let anna: Person;
  let nobody: Person;
  const whoMay = (route: Route) => (route.auth === 'bearer' ? anna : nobody);

  before(async () => {
    stage = await gatewayStage();
    anna = await register(stage.app, 'anna');
    nobody = new Person(stage.app, null);
    await stage.accounts.grantAdmin('anna');
  });
  after(() => stage.dispose());

  it('is all that the gateway serves, and is all served', () => {
    const lines = stage.app.printRoutes({ commonPrefix: false }).split('\n');
    const served: string[] = [];
    const path: string[] = [];
    for (const line of lines) {
      const [, indent, part, methods] = /^([│ ]*)[├└]── (\S*) \(([^)]*)\)/.exec(line) ?? [];
      if (part === undefined) continue;
      const depth = indent!.length / 4;
      path.splice(depth, path.length, part);
      for (const method of methods!.split(', ')) served.push(`${method} ${path.join('')}`);
    }
    const expected = table.flatMap(([, { method, path }]) => {
      // The router shows parameters of one place together.
      const url = path
        .replaceAll(/\{(\w+)\}/g, ':$1')
        .replace(/^\/messages\/:(conversation|message)/, '/messages/:conversation|:message');
      return method === 'GET' ? [`GET ${url}`, `HEAD ${url}`] : [`${method} ${url}`];
    });
    assert.deepEqual(served.toSorted(), expected.toSorted());
  });

  it('has a route for every command', () => {
    const served = Object.values(commandRoutes).flatMap(({ command }) => [command.type, command.forMe]);
    assert.deepEqual(
      Object.keys(commands).filter((type) => !served.includes(type as never)),
      [],
    );
  });

  for (const [name, route] of table) {
    const { method, path } = route;

    it(`${name}: asks for a token exactly where the table says so`, async () => {
      const answer = await nobody.ask(method, fill(path), route.body === null ? undefined : {});
      assert.equal(answer.body?.code === 'unauthenticated', route.auth === 'bearer');
      if (route.auth === 'bearer') assert.equal(answer.headers['www-authenticate'], 'Bearer');
    });

    it(`${name}: refuses what is not in it`, async () => {
      const refused = (answer: Answer, what: string) => {
        assert.equal(answer.body?.code, 'bad_request', `${what}: ${answer.text}`);
        assert.match(answer.body.detail, /nonsense/, what);
      };
      const who = whoMay(route);
      if (method !== 'GET' && (route.body !== null || route.command !== null || name === 'logout'))
        refused(await who.ask(method, fill(path), { nonsense: 1 }), 'body');
      if (route.command !== null)
        refused(
          await who.ask(method, `${fill(path)}?nonsense=1`, route.body === null ? undefined : {}),
          'query',
        );
    });
  }

  it('lets a request not say what the path says', async () => {
    const [conversation, other] = [id, '01890000-0000-7000-8000-000000000002'];
    for (const field of [{ v: 1 }, { type: 'group.add' }, { conversation: other }]) {
      const answer = await anna.ask('POST', `/groups/${conversation}/add`, { users: [other], ...field });
      assert.equal(answer.body.code, 'bad_request', JSON.stringify(field));
    }
    const own = await anna.ask('GET', `/profile?user=${other}`);
    assert.equal(own.body.code, 'bad_request');
  });

  it('is told by the documents that are served', async () => {
    const { paths } = (await nobody.ask('GET', '/openapi.json')).body;
    const told = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(told.toSorted(), table.map(([, { method, path }]) => `${method} ${path}`).toSorted());
    assert.equal((await nobody.ask('GET', '/asyncapi.json')).body.asyncapi, '3.0.0');
  });
});
