/** The package as it is published. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rollup } from 'vite';
import { buildPackage } from './build/package.ts';
import { reference } from './build/reference.ts';
import { Application, shownByReadme } from './fixtures/application.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const here = fileURLToPath(new URL('./', import.meta.url));

/** Most bytes of what a browser loads, gzipped, without MQTT.js. */
const BUDGET = 60_000;

/** As an application for browsers is compiled. */
const forBrowsers = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM'],
  module: 'ESNext',
  moduleResolution: 'bundler',
  customConditions: ['browser'],
  types: [],
};

describe('the package', () => {
  const app = new Application();

  before(() => app.install('sdk', buildPackage));
  after(() => app.remove());

  /** What a bundler makes for a browser of a module of an application. */
  async function bundled(source: string, external: string[] = ['mqtt']): Promise<Rollup.OutputChunk> {
    writeFileSync(join(app.folder, 'app.js'), source);
    const built = await build({
      configFile: false,
      logLevel: 'error',
      root: app.folder,
      build: {
        write: false,
        minify: true,
        lib: { entry: join(app.folder, 'app.js'), formats: ['es'], fileName: 'app' },
        rollupOptions: { external },
      },
    });
    const [output] = Array.isArray(built) ? built : [built];
    if (output === undefined || !('output' in output)) throw new Error('nothing was built');
    assert.equal(output.output.length, 1);
    return output.output[0];
  }

  const everything = `export * from '@dunlin/sdk'; export * from '@dunlin/sdk/indexeddb';`;

  it('is within its budget, and brings no validator and nothing of Node', async () => {
    const { code, imports, moduleIds } = await bundled(everything);
    assert.deepEqual(imports, ['mqtt']);
    assert.ok(gzipSync(code).byteLength <= BUDGET, `${gzipSync(code).byteLength} bytes`);
    assert.ok(code.includes('outbox/'), 'it is all there');
    assert.deepEqual(
      moduleIds.filter((id) => /typebox|node:|\.node\.|vite-browser-external/.test(id)),
      [],
    );
  });

  it('costs who imports little no more than that', async () => {
    const { code, imports } = await bundled(
      `import { topics } from '@dunlin/sdk'; console.log(topics.inbox('x'));`,
    );
    assert.deepEqual(imports, []);
    assert.ok(code.length < 1_000, `${code.length} bytes:\n${code}`);
  });

  it('names nothing of Node outside of the entry for Node', () => {
    const ofNode = app
      .files('sdk', '.js')
      .filter(({ text }) =>
        /(from|import)\s*\(?['"]node:|\bprocess\b|\bBuffer\b|\b__dirname\b/.test(code(text)),
      )
      .map(({ file }) => file);
    assert.deepEqual(ofNode.sort(), [
      'clients/sdk/lock.node.js',
      'clients/sdk/media/files.node.js',
      'clients/sdk/storage.node.js',
    ]);
  });

  it('uses nothing that React Native lacks', () => {
    const lacking =
      /AbortSignal\.(timeout|any)|structuredClone\(|\.toSorted\(|\.toReversed\(|\.with\(|Promise\.withResolvers|Object\.groupBy|throwIfAborted/;
    const using = app
      .files('sdk', '.js')
      .filter(({ file }) => !/\.node\.js$|indexeddb\.js$/.test(file))
      .filter(({ text }) => lacking.test(code(text)))
      .map(({ file }) => file);
    assert.deepEqual(using, []);
  });

  it('is a module of Node too, with its own entry for files', async () => {
    const printed = await app.run(
      `import { DunlinClient } from '@dunlin/sdk'; import { openFileStorage } from '@dunlin/sdk/node';
       console.log(typeof DunlinClient, typeof openFileStorage);`,
    );
    assert.equal(printed, 'function function');
  });

  it('has types that stand on their own', async () => {
    const errors = await app.typeErrors(
      `import { type Content, DunlinClient, type EventOf, MemoryStorage, Sessions } from '@dunlin/sdk';
       import { openIndexedDbStorage } from '@dunlin/sdk/indexeddb';
       export async function f(): Promise<string | undefined> {
         const storage = Math.random() > 2 ? new MemoryStorage() : await openIndexedDbStorage('x');
         const sessions = new Sessions('http://x', storage);
         const session = await sessions.login('a', 'b');
         const client = new DunlinClient({ url: 'ws://x', session, sessions, storage });
         client.on('event', (event) => {
           if (event.type === 'message.reaction') { const emoji: string | null = event.emoji; void emoji; }
           // @ts-expect-error no event has it
           void event.nothing;
         });
         await client.change('group.add', { conversation: 'c', users: ['u'] });
         // @ts-expect-error a group is of users
         await client.change('group.add', { conversation: 'c' });
         const { conversations } = await client.query('conversations.list', { limit: 1 });
         const message: EventOf<'message'> | null = conversations[0]!.last;
         const content: Content | undefined = message?.content;
         return content?.text as string | undefined;
       }`,
      forBrowsers,
    );
    assert.equal(errors, '');
    for (const { file, text } of app.files('sdk', '.d.ts')) assert.doesNotMatch(text, /typebox/, file);
  });

  it('depends on what this checkout was tested with', () => {
    const ours = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies;
    const own = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).dependencies;
    for (const [name, version] of Object.entries(own)) assert.equal(version, ours[name], name);
    assert.deepEqual(app.imports('sdk'), Object.keys(own).sort());
  });

  it('is what docs/SDK.md says', async () => {
    const page = readFileSync(join(root, 'docs/SDK.md'), 'utf8');
    assert.equal(page, await reference(app.built('sdk')), 'npm run docs');
    for (const name of Object.keys(await import('./index.ts')))
      assert.ok(page.includes(`### ${name}\n`), name);
  });

  it('is shown by its README with nothing that it does not have', async () => {
    assert.equal(await app.typeErrors(shownByReadme('sdk'), forBrowsers), '');
  });
});

/** Without its comments. */
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm, '');
