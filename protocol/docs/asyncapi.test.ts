import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { commands, isChange, isQuery, queries } from '../commands.ts';
import { events, notices } from '../events.ts';
import { parseTopic } from '../topics.ts';
import { asyncapi } from './asyncapi.ts';
import type { Json, JsonObject } from './schema-refs.ts';

const document = asyncapi();

const at = (path: string): JsonObject => resolve(`#/${path}`) as JsonObject;

/** What a reference inside the document points to (RFC 6901). */
function resolve(ref: string): Json | undefined {
  assert.match(ref, /^#\//, `${ref} leaves the document`);
  let value: Json | undefined = document;
  for (const part of ref.slice(2).split('/'))
    value = (value as JsonObject | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  return value;
}

function refsIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value) && typeof value.$ref === 'string') return [value.$ref];
  return Object.values(value).flatMap(refsIn);
}

/** Validators of the document's own schemas, by an implementation that is not the server's. */
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema(document, 'contract');
const validate = (name: string, value: unknown): string[] => {
  const check = ajv.compile({ $ref: `contract#/components/schemas/${name}` });
  return check(value) ? [] : (check.errors ?? []).map((e) => `${e.instancePath} ${e.message}`);
};

describe('the AsyncAPI document', () => {
  it('has what AsyncAPI 3.0 requires', () => {
    assert.equal(document.asyncapi, '3.0.0');
    const info = at('info');
    assert.ok(info.title && info.version);
    for (const server of Object.values(at('servers')) as JsonObject[]) {
      assert.equal(typeof server.host, 'string');
      assert.match(String(server.protocol), /^(mqtt|secure-mqtt|ws)$/);
    }
    for (const [name, channel] of Object.entries(at('channels')) as [string, JsonObject][]) {
      const inAddress = [...String(channel.address).matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      assert.deepEqual(Object.keys(channel.parameters as JsonObject), inAddress, name);
      assert.ok(Object.keys(channel.messages as JsonObject).length > 0, name);
    }
    for (const [name, operation] of Object.entries(at('operations')) as [string, JsonObject][]) {
      assert.match(String(operation.action), /^(send|receive)$/, name);
      const { mqtt } = operation.bindings as { mqtt: JsonObject };
      assert.ok(mqtt.qos === 0 || mqtt.qos === 1, name);
      assert.equal(typeof mqtt.retain, 'boolean', name);
    }
    for (const [kind, components] of Object.entries(at('components')) as [string, JsonObject][])
      for (const name of Object.keys(components)) assert.match(name, /^[a-zA-Z0-9._-]+$/, `${kind} ${name}`);
  });

  it('refers to nothing that is not there', () => {
    const refs = refsIn(document);
    assert.ok(refs.length > 200);
    for (const ref of new Set(refs)) assert.notEqual(resolve(ref), undefined, ref);
  });

  it('has operations whose messages are messages of their channel', () => {
    for (const [name, operation] of Object.entries(at('operations')) as [string, JsonObject][]) {
      const { $ref } = operation.channel as { $ref: string };
      for (const message of operation.messages as { $ref: string }[])
        assert.ok(message.$ref.startsWith(`${$ref}/messages/`), name);
    }
  });

  it('has addresses that are topics of the contract', () => {
    const id = '01940000-0000-7000-8000-000000000001';
    for (const [name, channel] of Object.entries(at('channels')) as [string, JsonObject][])
      assert.equal(parseTopic(String(channel.address).replaceAll(/\{\w+\}/g, id))?.kind, name);
  });

  it('has every command in the outbox, as a change or as a question', () => {
    const sent = (operation: string) =>
      (at(`operations/${operation}`).messages as { $ref: string }[]).map((m) => m.$ref.split('/').at(-1)!);
    assert.deepEqual(Object.keys(at('channels/outbox/messages')), Object.keys(commands));
    assert.deepEqual(
      sent('change'),
      Object.keys(commands).filter((type) => isChange(type) || type === 'receipt.read'),
    );
    assert.deepEqual(sent('ask'), Object.keys(commands).filter(isQuery));
  });

  it('has every event and notice on a topic that devices receive', () => {
    const received = new Set(
      (Object.values(at('operations')) as JsonObject[])
        .filter((operation) => operation.action === 'receive')
        .flatMap((operation) => operation.messages as { $ref: string }[])
        .map(({ $ref }) => $ref.split('/').at(-1)!.replace('refused.event', 'refused')),
    );
    assert.deepEqual(
      [...received].sort(),
      [...new Set([...Object.keys(events), ...Object.keys(notices), 'presence', 'typing'])].sort(),
    );
  });

  describe('examples', () => {
    for (const [name, message] of Object.entries(at('components/messages')) as [string, JsonObject][]) {
      it(`${name} fits its schema`, () => {
        const examples = message.examples as { payload: JsonObject }[];
        assert.ok(examples.length > 0);
        for (const { payload } of examples) {
          assert.deepEqual(validate(name, payload), []);
          // And the schema looks at it at all.
          assert.notDeepEqual(validate(name, { ...payload, v: 2 }), []);
        }
      });
    }
  });

  it('says of every question what its result is', () => {
    for (const type of Object.keys(queries)) {
      const { $ref } = at(`components/messages/${type}`)['x-result'] as { $ref: string };
      assert.match(String((resolve($ref) as JsonObject).title), /^[A-Z]/, type);
    }
  });

  it('tells every code of the error table', () => {
    const codes = Object.keys(at('info')['x-error-codes'] as JsonObject);
    const allowed = (at('components/schemas/Refusal/properties/code').anyOf as { const: string }[]).map(
      (c) => c.const,
    );
    assert.deepEqual(codes, allowed);
  });
});
