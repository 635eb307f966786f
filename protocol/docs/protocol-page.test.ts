/** Every example of docs/PROTOCOL.md is what the schemas say, and every kind of thing has one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type CommandType, commands, isChange } from '../commands.ts';
import { MAX_CONTENT_BYTES, MAX_DEPTH, MAX_ITEMS } from '../content.ts';
import { type ErrorCode, errors } from '../errors.ts';
import { type EventType, events, notices, PresencePayload, TypingPayload } from '../events.ts';
import { eventOf } from '../http/command-route.ts';
import { problemOf } from '../http/problem.ts';
import { type Route, routes } from '../http.ts';
import { parseCommand } from '../parse.ts';
import { alice, boats, bob, commandId } from './example-ids.ts';

const page = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');

interface Block {
  line: number;
  language: string;
  /** What stands behind the language: what the block is an example of. */
  about: string[];
  text: string;
}

function blocks(): Block[] {
  return [...page.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map((match) => ({
    line: page.slice(0, match.index).split('\n').length,
    language: match[1]!,
    about: match[2]!.trim().split(/\s+/).filter(Boolean),
    text: match[3]!,
  }));
}

type Value = Record<string, unknown>;

function fits(schema: TSchema, value: unknown, where: string): void {
  const check = Compile(schema);
  assert.ok(check.Check(value), `${where}: ${JSON.stringify(check.Errors(value)[0])}`);
}

/** A field that is in no schema is a mistake of the page: clients ignore it, readers do not. */
function knows(schema: TSchema, value: Value, where: string): void {
  const { properties } = schema as unknown as { properties: object };
  for (const field of Object.keys(value)) assert.ok(field in properties, `${where}: ${field}`);
}

const route = (method: string, path: string): Route => {
  const found = Object.values(routes).find((r) => r.method === method && r.path === path);
  assert.ok(found, `${method} ${path}`);
  return found;
};

/** What a question, or a repeated change, is answered with. */
function resultOf(type: string): TSchema {
  if (isChange(type)) return events[eventOf[type]] as TSchema;
  const asked = Object.values(routes).find(({ command }) => command?.type === type);
  assert.ok(asked?.answer, type);
  return asked.answer;
}

/** Checks a payload by what it says it is; returns which kind it is. */
function checkPayload(value: Value, where: string, answers?: string): string {
  const type = String(value.type);
  if (typeof value.seq === 'number' && Object.hasOwn(events, type)) {
    const schema = events[type as EventType] as TSchema;
    fits(schema, value, where);
    knows(schema, value, where);
    if (type === 'refused') checkError(value.error as Value, where);
    return `event ${type}`;
  }
  if (Object.hasOwn(commands, type)) {
    parseCommand(new TextEncoder().encode(JSON.stringify(value)));
    return `command ${type}`;
  }
  if (Object.hasOwn(notices, type)) {
    const schema = notices[type as keyof typeof notices] as TSchema;
    fits(schema, value, where);
    knows(schema, value, where);
    if (type === 'refused') checkError(value.error as Value, where);
    if (type === 'result') {
      assert.ok(answers, `${where}: of what is it the result?`);
      fits(resultOf(answers), value.result, where);
    }
    return `notice ${type}`;
  }
  const schema = { presence: PresencePayload, typing: TypingPayload }[type];
  assert.ok(schema, `${where}: nothing is called ${type}`);
  fits(schema, value, where);
  return type;
}

function checkError(error: Value, where: string): void {
  const code = error.code as ErrorCode;
  assert.equal(error.message, errors[code].message, where);
  assert.equal(error.retry, errors[code].retry, where);
}

function checkBlock({ about, text, line }: Block): string {
  const where = `line ${line}`;
  const value = JSON.parse(text) as Value;
  const [first, second, third] = about;
  if (first === undefined) return checkPayload(value, where);
  if (first === 'result') return checkPayload(value, where, second);
  if (first === 'problem') {
    assert.deepEqual(
      value,
      problemOf({
        code: value.code as ErrorCode,
        message: String(value.message),
        retry: value.retry as boolean,
      }),
    );
    checkError(value, where);
    return 'problem';
  }
  const { body, answer, status } = route(first, second!);
  if (third === 'request') fits(body!, value, where);
  else {
    assert.equal(Number(third), status, where);
    fits(answer!, value, where);
    knows(answer!, value, where);
  }
  return `${first} ${second} ${third}`;
}

/** JSON in a shell command, with its variables filled in. */
function shellJson(text: string): string[] {
  let ids = 0;
  const filled = text
    .replaceAll("'$(uuid7)'", () => commandId(++ids))
    .replaceAll("'$GROUP'", boats)
    .replaceAll("'$ALICE'", alice)
    .replaceAll("'$BOB'", bob);
  return [...filled.matchAll(/'(\{"[^']*\})'/g)].map(([, json]) => json!);
}

describe('docs/PROTOCOL.md', () => {
  const all = blocks();
  const kinds: string[] = [];
  for (const block of all.filter(({ language }) => language === 'json')) {
    it(`line ${block.line}: the example is right`, () => {
      kinds.push(checkBlock(block));
    });
  }

  for (const block of all.filter(({ language }) => language === 'sh')) {
    for (const json of shellJson(block.text)) {
      it(`line ${block.line}: what is sent is right: ${json.slice(0, 60)}`, () => {
        const value = JSON.parse(json) as Value;
        if (value.type !== undefined) return assert.match(checkPayload(value, json), /^command /);
        const path = /localhost:8080(\/\w+)/.exec(block.text)?.[1];
        fits(route('POST', path!).body!, value, json);
      });
    }
  }

  it('leaves nothing of its examples unlooked at', () => {
    assert.deepEqual([...new Set(all.map(({ language }) => language))].sort(), ['json', 'sh']);
    for (const { text, language, line } of all) {
      // Every `-d '` and every `say '` of a shell block was found.
      if (language === 'sh')
        assert.equal(shellJson(text).length, (text.match(/-d '\{|^say '/gm) ?? []).length, `line ${line}`);
    }
    for (const kind of [
      'event message',
      'event refused',
      'event group.created',
      'notice refused',
      'notice receipts',
      'notice result',
      'presence',
      'typing',
      'problem',
    ])
      assert.ok(kinds.includes(kind), `no example of ${kind}`);
  });

  it('names only commands, events and codes that there are', () => {
    const prose = page.replaceAll(/^```.*?^```$/gms, '');
    for (const [, name] of prose.matchAll(/`([a-z]+\.[a-z]+)`/g))
      assert.ok(Object.hasOwn(commands, name!) || Object.hasOwn(events, name!), name);
    for (const [, code] of prose.matchAll(/`([a-z]+_[a-z_]+)`/g))
      assert.ok(
        Object.hasOwn(errors, code!) ||
          ['retry_after_ms', 'reply_to', 'mosquitto_pub', 'mosquitto_sub', 'uuid7'].includes(code!),
        code,
      );
    for (const [, method, path] of prose.matchAll(/`(GET|POST|PUT|DELETE) ([^?`]+)[^`]*`/g)) {
      const shape = (text: string) => text.replaceAll(/\{\w+\}/g, '{}');
      assert.ok(
        Object.values(routes).some((r) => r.method === method && shape(r.path) === shape(path!)),
        `${method} ${path}`,
      );
    }
  });

  it('says the limits that there are', () => {
    const row = (what: RegExp) => Number(what.exec(page)?.[1]?.replaceAll(',', ''));
    assert.equal(row(/\| content of a message[^|]*\| ([\d,]+) bytes/), MAX_CONTENT_BYTES);
    assert.equal(row(/\| nesting of a command \| (\d+) levels/), MAX_DEPTH);
    assert.equal(row(/\| members or users of one command \| ([\d,]+) /), MAX_ITEMS);
    const limitOf = (type: CommandType, field: string) => {
      const { maxItems, maximum } = (
        commands[type].properties as Record<string, { maxItems?: number; maximum?: number }>
      )[field]!;
      return maxItems ?? maximum;
    };
    assert.equal(row(/\| mentions of one message \| (\d+) /), limitOf('message.send', 'mentions'));
    assert.equal(row(/\| events of one page \(`limit`\) \| (\d+) /), limitOf('messages.list', 'limit'));
  });
});
