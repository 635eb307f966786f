import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { Emitter } from './emitter.ts';

interface Events extends Record<string, unknown> {
  said: string;
  done: undefined;
}

it('tells every listener of the event, in the order they came, and nobody else', () => {
  const emitter = new Emitter<Events>();
  const heard: string[] = [];
  emitter.on('said', (text) => heard.push(`one ${text}`));
  emitter.on('said', (text) => heard.push(`two ${text}`));
  emitter.on('done', () => heard.push('done'));
  emitter.emit('said', 'ahoy');
  assert.deepEqual(heard, ['one ahoy', 'two ahoy']);
});

it('stops telling those who took themselves away, also while it tells', () => {
  const emitter = new Emitter<Events>();
  const heard: string[] = [];
  const stop = emitter.on('said', (text) => {
    heard.push(`once ${text}`);
    stop();
  });
  emitter.on('said', (text) => heard.push(`always ${text}`));
  emitter.emit('said', '1');
  emitter.emit('said', '2');
  stop();
  assert.deepEqual(heard, ['once 1', 'always 1', 'always 2']);
});

it('tells a listener that comes while it tells from the next time on', () => {
  const emitter = new Emitter<Events>();
  const heard: string[] = [];
  emitter.on('said', () => {
    if (heard.length === 0) emitter.on('said', (text) => heard.push(`late ${text}`));
    heard.push('first');
  });
  emitter.emit('said', '1');
  assert.deepEqual(heard, ['first']);
  emitter.emit('said', '2');
  assert.deepEqual(heard, ['first', 'first', 'late 2']);
});

it('goes on to the next listener when one throws, and does not hide the error', () => {
  // In a process of its own: the error becomes an uncaught exception.
  const program = `
    import { Emitter } from ${JSON.stringify(new URL('./emitter.ts', import.meta.url).href)};
    const emitter = new Emitter();
    process.once('uncaughtException', (error) => console.log('uncaught', error.message));
    emitter.on('said', () => { throw new Error('mine'); });
    emitter.on('said', () => console.log('heard'));
    emitter.emit('said');
    console.log('emitted');
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  assert.equal(stdout, 'heard\nemitted\nuncaught mine\n');
});
