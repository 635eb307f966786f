import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errors } from '../errors.ts';
import { openapi } from './openapi.ts';
import type { Json } from './schema-refs.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document, looked into
const document = openapi() as any;

function* within(value: Json): Generator<{ [key: string]: Json }> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value;
  for (const child of Object.values(value)) yield* within(child);
}

describe('the OpenAPI document', () => {
  it('refers to nothing that is not there', () => {
    const missing = [...within(document)]
      .map(({ $ref }) => $ref)
      .filter((ref) => typeof ref === 'string')
      .filter((ref) => !Object.hasOwn(document.components.schemas, ref.replace('#/components/schemas/', '')));
    assert.deepEqual(missing, []);
  });

  it('leaves out no component that is asked for, and keeps no component twice', () => {
    const titles = [...within(document.paths)]
      .map(({ title }) => title)
      .filter((title) => title !== undefined);
    const inlined = titles.filter((title) => Object.hasOwn(document.components.schemas, title as string));
    assert.deepEqual(inlined, []);
  });

  it('has one operation id an operation', () => {
    const ids = [...within(document.paths)].map(({ operationId }) => operationId).filter(Boolean);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.length > 40);
  });

  it('puts every code under its status', () => {
    for (const { responses } of within(document.paths)) {
      if (responses === undefined) continue;
      for (const [status, response] of Object.entries(responses as Record<string, Json>)) {
        for (const part of within(response)) {
          const codes = (part.code as { enum?: (keyof typeof errors)[] } | undefined)?.enum ?? [];
          for (const code of codes) assert.equal(String(errors[code].status), status, code);
        }
      }
    }
  });

  it('names every parameter of a path', () => {
    for (const [path, operations] of Object.entries(document.paths as Record<string, Json>)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();
      for (const operation of Object.values(operations as Record<string, { parameters?: Json[] }>)) {
        const told = (operation.parameters ?? [])
          .map((parameter) => parameter as { in: string; name: string })
          .filter((parameter) => parameter.in === 'path')
          .map(({ name }) => name);
        assert.deepEqual(told.toSorted(), inPath, path);
      }
    }
  });
});
