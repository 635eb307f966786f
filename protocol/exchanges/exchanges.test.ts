/** The exchanges are of the contract: each frame fits its schema. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type CommandType, commands } from '../commands.ts';
import { events, notices } from '../events.ts';
import { parseTopic } from '../topics.ts';

interface Frame {
  topic: string;
  payload?: { type: string; seq?: number };
}
const folder = new URL('./', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

it('there are some', () => assert.ok(files.length >= 10));

for (const file of files) {
  it(`${file} fits the contract`, () => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const { ids } = JSON.parse(text) as { ids: Record<string, string> };
    let made = 0;
    const named: Record<string, string> = { ...ids };
    const filled = text.replace(/\{(\w+)\}/g, (_, name: string) => {
      named[name] ??= `01940000-0000-7000-9000-${String(++made).padStart(12, '0')}`;
      return named[name];
    });
    const { steps, history = [] } = JSON.parse(filled) as {
      steps: { client?: Frame | string; server?: Frame | string }[];
      history?: Frame['payload'][];
    };
    for (const event of history) fits(events[event!.type as keyof typeof events], event, file);
    let frames = 0;
    for (const { client, server } of steps) {
      for (const frame of [client, server]) {
        if (frame === undefined || typeof frame === 'string') continue;
        frames++;
        assert.notEqual(parseTopic(frame.topic), null, frame.topic);
        const { payload } = frame;
        if (payload === undefined || /tomorrow/.test(payload.type)) continue;
        if (frame === client) fits(commands[payload.type as CommandType], payload, file);
        else if (payload.seq !== undefined) fits(events[payload.type as keyof typeof events], payload, file);
        else fits(notices[payload.type as keyof typeof notices], payload, file);
      }
    }
    assert.ok(frames > 0 || history.length > 0);
  });
}

function fits(schema: TSchema | undefined, value: unknown, file: string): void {
  assert.ok(schema !== undefined, `${file}: no such type: ${JSON.stringify(value)}`);
  const [error] = Compile(schema).Errors(value);
  assert.equal(error, undefined, `${file}: ${JSON.stringify(value)}`);
}
