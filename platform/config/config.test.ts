import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ConfigError, loadConfig } from './load.ts';
import { printConfig } from './print.ts';
import { referencePage } from './reference.ts';
import { environmentName, settings } from './schema.ts';

describe('configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-config-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = (content: string) => {
    const path = join(folder, `${Math.random()}.json`);
    writeFileSync(path, content);
    return path;
  };
  const problems = (args: string[], environment: NodeJS.ProcessEnv = {}) => {
    try {
      loadConfig(args, environment);
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.problems;
    }
    return [];
  };

  it('prefers flag to environment to file to default, and says which it was', () => {
    const path = file('{"mqtt":{"port":1},"http":{"port":2},"metrics":{"port":3}}');
    const { config, sources } = loadConfig([`--config=${path}`, '--mqtt.port', '10'], {
      DUNLIN_MQTT_PORT: '20',
      DUNLIN_HTTP_PORT: '21',
    });
    assert.deepEqual(
      [config.mqtt.port, config.http.port, config.metrics.port, config.mqtts.port],
      [10, 21, 3, 8_883],
    );
    assert.deepEqual(
      ['mqtt.port', 'http.port', 'metrics.port', 'mqtts.port'].map((n) => sources.get(n)),
      ['flag', 'environment', 'file', 'default'],
    );
  });

  it('reads any value from a file that a variable names', () => {
    const { config } = loadConfig([], { DUNLIN_DATA_FOLDER_FILE: file('/srv/dunlin\n') });
    assert.equal(config.data.folder, '/srv/dunlin');
    assert.match(
      problems([], { DUNLIN_DATA_FOLDER_FILE: '/nowhere' })[0]!,
      /DUNLIN_DATA_FOLDER_FILE: cannot read \/nowhere/,
    );
  });

  it('names the setting, the value and what is allowed', () => {
    assert.deepEqual(problems(['--mqtt.port=70000']), [
      'mqtt.port: 70000 is not allowed; allowed: a whole number from 0 to 65535 (flag)',
    ]);
    assert.match(problems(['--log.level=loud'])[0]!, /"loud" is not allowed; allowed: trace, debug, info/);
    assert.match(problems(['--limits.inflightWindow=many'])[0]!, /"many"/);
    assert.match(problems(['--mqtts.enabled'])[0]!, /needs tls\.cert/);
  });

  it('refuses a name it does not know, wherever it stands', () => {
    assert.match(problems(['--port=1'])[0]!, /port: there is no such setting; did you mean mqtt\.port/);
    assert.match(problems([], { DUNLIN_MQTT_PROT: '1' })[0]!, /DUNLIN_MQTT_PROT/);
    assert.match(problems([`--config=${file('{"mqtt":{"prot":1}}')}`])[0]!, /mqtt\.prot/);
    assert.match(problems([`--config=${file('{"mqtt":')}`])[0]!, /JSON/);
    assert.match(problems(['--config=/nowhere.json'])[0]!, /nowhere/);
  });

  it('accepts every default by flag and by variable', () => {
    for (const setting of settings()) {
      const { default: value } = setting.schema;
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (text === '') continue;
      assert.deepEqual(problems([`--${setting.name}=${text}`]), []);
      assert.deepEqual(problems([], { [environmentName(setting)]: text }), []);
    }
  });

  it('throws nothing but ConfigError, whatever is given', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.constantFrom('--mqtt.port', '--open.rules=[{}]', '--config', '--__proto__.x=1'),
          ),
        ),
        (args) => {
          try {
            loadConfig(args, {});
          } catch (error) {
            assert.ok(error instanceof ConfigError, String(error));
          }
        },
      ),
    );
  });

  it('has mail come from somewhere, and lead somewhere', () => {
    const problemsOf = (...args: string[]) => {
      try {
        loadConfig(args, {});
        return [];
      } catch (error) {
        return (error as ConfigError).problems.map((problem) => problem.split(':')[0]);
      }
    };
    const url = '--mail.url=smtp://ann:hunter2@mail.example.org';
    assert.deepEqual(problemsOf(url), ['mail.from', 'mail.publicUrl']);
    assert.deepEqual(
      problemsOf('--mail.url=http://x', '--mail.from=a@x.org\r\nBcc: b', '--mail.publicUrl=x'),
      ['mail.url', 'mail.from', 'mail.publicUrl'],
    );
    const well = [url, '--mail.from=chat@example.org', '--http.publicUrl=https://chat.example.org'];
    assert.deepEqual(problemsOf(...well), []);
    assert.deepEqual(problemsOf(...well, '--mail.replyTo=nobody'), ['mail.replyTo']);
    assert.equal(printConfig(loadConfig(well, {})).includes('hunter2'), false);
  });

  it('does not print credentials', () => {
    const loaded = loadConfig(['--http.publicUrl=https://admin:hunter2@chat.example.org'], {});
    assert.equal(printConfig(loaded).includes('hunter2'), false);
  });

  it('is what docs/CONFIGURATION.md says', () => {
    assert.equal(
      readFileSync(new URL('../../docs/CONFIGURATION.md', import.meta.url), 'utf8'),
      referencePage(),
      'run npm run docs',
    );
  });
});
