import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readOptions } from './options.ts';

it('finds MQTT over WebSocket where the server is', () => {
  const { user, server, mqtt } = readOptions(['--user', 'Alice', '--server', 'https://chat.example.org/']);
  assert.deepEqual([user, server, mqtt], ['alice', 'https://chat.example.org', 'wss://chat.example.org/ws']);
  assert.equal(readOptions([]).mqtt, 'ws://127.0.0.1:8080/ws');
});

it('takes another address for MQTT', () => {
  for (const url of ['mqtt://h:1883', 'mqtts://h', 'ws://h/ws', 'wss://h/ws'])
    assert.equal(readOptions(['--mqtt', url]).mqtt, url);
});

for (const args of [
  ['--server', 'chat.example.org'],
  ['--server', 'ftp://h'],
  ['--server', ''],
  ['--mqtt', 'http://h'],
  ['--mqtt', 'h:1883'],
  ['--no-such-option'],
  ['alice'],
])
  it(`refuses ${args.join(' ')}`, () => {
    assert.throws(() => readOptions(args), TypeError);
  });
