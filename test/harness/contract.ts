import assert from 'node:assert/strict';
import { Compile, type Validator } from 'typebox/compile';
import { events, notices } from '../../protocol/events.ts';
import { commandRoutes, type Route } from '../../protocol/http.ts';
import type { Payload } from './device.ts';

const payloads = new Map<string, Validator>();
for (const [type, schema] of Object.entries({ ...events, ...notices }))
  payloads.set(type, Compile(schema) as unknown as Validator);
// On an inbox it is one of two: refused at once, or after the command was accepted.
const refusals = [events.refused, notices.refused].map((schema) => Compile(schema) as unknown as Validator);

const answers = new Map<string, Validator>();
for (const { command, answer } of Object.values<Route>(commandRoutes)) {
  if (command !== null && answer !== null && command.type !== 'group.create')
    answers.set(command.type, Compile(answer) as unknown as Validator);
}

/** What came on an inbox is what the published contract says. */
export function checkPayload(payload: Payload): void {
  const known = payload.type === 'refused' ? refusals : [payloads.get(payload.type)];
  check(known, payload, payload.type);
}

/** The answer to a command, over MQTT or HTTP, is what the published contract says. */
export function checkAnswer(type: string, answer: Payload): void {
  if (answer === null) return;
  const of = answers.get(type);
  if (of !== undefined) check([of], answer, `the answer to ${type}`);
}

function check(validators: (Validator | undefined)[], value: Payload, what: string): void {
  if (validators.some((validator) => validator?.Check(value))) return;
  const problems = validators[0]?.Errors(value).slice(0, 3) ?? 'it is unknown';
  assert.fail(`${what} is not as the contract says: ${JSON.stringify(problems)}\n${JSON.stringify(value)}`);
}
