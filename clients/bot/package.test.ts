/** The package as it is published, on the SDK as it is published. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildPackage } from '../sdk/build/package.ts';
import { Application, shownByReadme } from '../sdk/fixtures/application.ts';
import { buildBotPackage } from './build/package.ts';
import { withReference } from './build/reference.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const here = fileURLToPath(new URL('./', import.meta.url));

/** Most bytes of its modules, gzipped, without the SDK. */
const BUDGET = 20_000;

describe('the package', () => {
  const app = new Application();

  before(async () => {
    await app.install('sdk', buildPackage);
    await app.install('bot', buildBotPackage);
  });
  after(() => app.remove());

  it('has nothing of the SDK in it, and is small', () => {
    const files = app.files('bot', '.js');
    assert.deepEqual(
      files.map(({ file }) => file).filter((file) => !file.startsWith('clients/bot/')),
      [],
    );
    const bytes = gzipSync(files.map(({ text }) => text).join('\n')).byteLength;
    assert.ok(bytes <= BUDGET, `${bytes} bytes`);
  });

  it('depends on what it imports', () => {
    const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
    assert.deepEqual(app.imports('bot'), Object.keys(dependencies));
    const { version } = JSON.parse(readFileSync(join(root, 'clients/sdk/package.json'), 'utf8'));
    assert.equal(dependencies['@dunlin/sdk'], version);
  });

  it('is a module of Node', async () => {
    const script = `import { Bot, buttons } from '@dunlin/bot'; console.log(typeof Bot, typeof buttons);`;
    assert.equal(await app.run(script), 'function function');
  });

  it('is what docs/BOTS.md says', async () => {
    const page = readFileSync(join(root, 'docs/BOTS.md'), 'utf8');
    const written = await withReference(page, app.built('bot'));
    assert.equal(page, written, 'node clients/bot/build/write-reference.ts');
    for (const name of Object.keys(await import('./index.ts')))
      assert.ok(page.includes(`### ${name}\n`), name);
  });

  it('is shown by its README with nothing that it does not have', async () => {
    const compilerOptions = {
      ...{ target: 'ES2023', lib: ['ES2023', 'DOM'], module: 'NodeNext', moduleResolution: 'NodeNext' },
      types: ['node'],
    };
    assert.equal(await app.typeErrors(shownByReadme('bot'), compilerOptions), '');
  });
});
