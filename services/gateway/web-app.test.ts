import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildApp } from './app.ts';
import type { App } from './fastify.ts';
import { gatewayStage, type Stage } from './fixtures/stage.ts';

const PAGE = '<!doctype html><title>app</title>';
const html = 'text/html,application/xhtml+xml,*/*;q=0.8';

describe('the web app', () => {
  let stage: Stage;
  let app: App;
  let folder: string;

  before(async () => {
    stage = await gatewayStage();
    folder = mkdtempSync(join(tmpdir(), 'dunlin-web-app-'));
    app = await buildApp({ ...stage.parts, webApp: join(folder, 'dist') });
  });
  after(async () => {
    await app.close();
    await stage.dispose();
    rmSync(folder, { recursive: true });
  });

  const get = (url: string, headers: Record<string, string> = { accept: html }) =>
    app.inject({ method: 'GET', url, headers });

  it('says how to get it while it is not built', async () => {
    const { statusCode, body } = await get('/');
    assert.equal(statusCode, 200);
    assert.match(body, /npm run build:web/);
    assert.equal((await get('/app/chat/x')).statusCode, 404);
  });

  describe('when it is built', () => {
    before(() => {
      const dist = join(folder, 'dist');
      mkdirSync(join(dist, 'assets'), { recursive: true });
      mkdirSync(join(dist, 'icons'));
      writeFileSync(join(folder, 'secret.js'), 'secret');
      writeFileSync(join(dist, 'index.html'), PAGE);
      writeFileSync(join(dist, 'sw.js'), 'worker');
      writeFileSync(join(dist, 'built.json'), '{}');
      writeFileSync(join(dist, 'livez'), 'shadow');
      writeFileSync(join(dist, 'assets/index-abc.js'), 'script '.repeat(200));
      writeFileSync(join(dist, 'assets/index-abc.js.gz'), gzipSync('script '.repeat(200)));
    });

    it('is the page at /, in the app, of an invitation and of a link to somebody, for those who ask for HTML', async () => {
      const places = ['/invite/abc', '/u/anna', '/app/chat/01890000', '/app/settings/devices'];
      for (const path of ['/', '/?from=mail', ...places]) {
        const { statusCode, body, headers } = await get(path);
        assert.equal(statusCode, 200, path);
        assert.equal(body, PAGE, path);
        assert.equal(headers['cache-control'], 'no-cache');
        assert.ok(headers.etag);
      }
    });

    it('is not what tools get', async () => {
      for (const accept of ['application/json', '*/*'])
        assert.match((await get('/', { accept })).body, /chat server/, accept);
      const { statusCode, headers } = await get('/app/chat/x', { accept: 'application/json' });
      assert.equal(statusCode, 404);
      assert.match(String(headers['content-type']), /problem\+json/);
    });

    it('fetches files from where the operator keeps them, and from nowhere else', async () => {
      const config = structuredClone(stage.parts.config);
      config.media.cdnUrl = 'https://cdn.example.org/files';
      const other = await buildApp({ ...stage.parts, config, webApp: join(folder, 'dist') });
      try {
        const { headers } = await other.inject({ method: 'GET', url: '/', headers: { accept: html } });
        const policy = String(headers['content-security-policy']);
        for (const rule of [
          /img-src [^;]* https:\/\/cdn\.example\.org;/,
          /media-src [^;]* https:\/\/cdn/,
          /connect-src [^;]* https:\/\/cdn/,
        ])
          assert.match(policy, rule);
        assert.match(policy, /script-src 'self';/);
        assert.doesNotMatch(policy, /example\.org\/files/);
      } finally {
        await other.close();
      }
    });

    it('may run its own scripts alone, and be framed by nobody', async () => {
      const { headers } = await get('/');
      const policy = String(headers['content-security-policy']).split('; ');
      for (const rule of [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
      ])
        assert.ok(policy.includes(rule), rule);
      assert.doesNotMatch(policy.join(), /unsafe|https?:|\*/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      assert.match(String(headers['permissions-policy']), /geolocation=\(\)/);
    });

    it('keeps what has a hash for good, and answers in fewer bytes to who can read them', async () => {
      const plain = await get('/assets/index-abc.js', {});
      assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.match(String(plain.headers['content-type']), /javascript/);
      const zipped = await get('/assets/index-abc.js', { 'accept-encoding': 'gzip' });
      assert.equal(zipped.headers['content-encoding'], 'gzip');
      assert.match(String(zipped.headers.vary), /accept-encoding/i);
      assert.ok(zipped.rawPayload.length < plain.rawPayload.length);
      assert.equal((await get('/sw.js', {})).headers['cache-control'], 'no-cache');
    });

    it('answers 304 to who has it', async () => {
      const { headers } = await get('/');
      const again = await get('/', { accept: html, 'if-none-match': String(headers.etag) });
      assert.equal(again.statusCode, 304);
    });

    it('stands in front of no route, and lets nothing else out of its folder or beside it', async () => {
      assert.deepEqual((await get('/livez')).json(), { alive: true });
      assert.equal((await get('/devices')).statusCode, 401);
      for (const path of [
        '/built.json',
        '/index.html',
        '/assets/../../secret.js',
        '/assets/..%2f..%2fsecret.js',
        '/assets/%2e%2e/secret.js',
        '/assets/',
        '/assets/none-abc.js',
        '/icons/../sw.js.map',
      ])
        assert.equal((await get(path)).statusCode, 404, path);
      assert.equal(
        (await app.inject({ method: 'POST', url: '/app/x', headers: { accept: html } })).statusCode,
        404,
      );
    });
  });
});
