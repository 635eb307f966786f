/** The package as it is published, on the SDK as it is published. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { buildPackage } from '../sdk/build/package.ts';
import { buildBotPackage } from './build/package.ts';
import { withReference } from './build/reference.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const here = fileURLToPath(new URL('./', import.meta.url));
const run = promisify(execFile);

/** Most bytes of its modules, gzipped, without the SDK. */
const BUDGET = 20_000;

describe('the package', () => {
  const app = mkdtempSync(join(tmpdir(), 'dunlin-bot-package-'));
  const installed = (name: string) => join(app, 'node_modules/@dunlin', name);
  const modules = () =>
    readdirSync(join(installed('bot'), 'dist'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .map((file) => ({ file, text: readFileSync(join(installed('bot'), 'dist', file), 'utf8') }));

  before(async () => {
    for (const name of ['sdk', 'bot']) {
      mkdirSync(installed(name), { recursive: true });
      copyFileSync(join(root, 'clients', name, 'package.json'), join(installed(name), 'package.json'));
    }
    for (const name of ['mqtt', 'idb', 'uuidv7', '@types', 'undici-types'])
      symlinkSync(join(root, 'node_modules', name), join(app, 'node_modules', name));
    writeFileSync(join(app, 'package.json'), '{"type":"module"}');
    await buildPackage(join(installed('sdk'), 'dist'));
    await buildBotPackage(join(installed('bot'), 'dist'));
  });
  after(() => rmSync(app, { recursive: true }));

  it('has nothing of the SDK in it, and is small', () => {
    const files = modules();
    assert.deepEqual(
      files.map(({ file }) => file).filter((file) => !file.startsWith('clients/bot/')),
      [],
    );
    const bytes = gzipSync(files.map(({ text }) => text).join('\n')).byteLength;
    assert.ok(bytes <= BUDGET, `${bytes} bytes`);
  });

  it('depends on what it imports', () => {
    const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
    const imported = new Set<string>();
    for (const { text } of modules())
      for (const [, name] of text.matchAll(/from ['"]([^.'"][^'"]*)['"]/g))
        if (!name!.startsWith('node:')) imported.add(name!.split('/').slice(0, 2).join('/'));
    assert.deepEqual([...imported], Object.keys(dependencies));
    const { version } = JSON.parse(readFileSync(join(root, 'clients/sdk/package.json'), 'utf8'));
    assert.equal(dependencies['@dunlin/sdk'], version);
  });

  it('is a module of Node', async () => {
    const script = `import { Bot, buttons } from '@dunlin/bot'; console.log(typeof Bot, typeof buttons);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: app });
    assert.equal(stdout.trim(), 'function function');
  });

  it('is what docs/BOTS.md says', async () => {
    const page = readFileSync(join(root, 'docs/BOTS.md'), 'utf8');
    const written = await withReference(page, join(installed('bot'), 'dist'));
    assert.equal(page, written, 'node clients/bot/build/write-reference.ts');
    for (const name of Object.keys(await import('./index.ts')))
      assert.ok(page.includes(`### ${name}\n`), name);
  });

  it('is shown by its README with nothing that it does not have', async () => {
    const readme = readFileSync(join(here, 'README.md'), 'utf8');
    const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
    assert.ok(blocks.length > 0);
    writeFileSync(join(app, 'app.ts'), blocks.join('\n'));
    const compilerOptions = {
      ...{ target: 'ES2023', lib: ['ES2023', 'DOM'], module: 'NodeNext', moduleResolution: 'NodeNext' },
      ...{ types: ['node'], strict: true, noEmit: true, skipLibCheck: true },
    };
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', app]).catch((error) => error);
    assert.equal(stdout, '');
  });
});
