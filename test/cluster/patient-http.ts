import { setTimeout as pause } from 'node:timers/promises';
import type { Payload } from '../harness/device.ts';
import type { Reachable } from '../harness/server.ts';

/** Longer than a gateway waits for the outcome of a command. */
const ANSWER_MS = 15_000;
const RETRY_MS = 500;

export interface Answer {
  ok: boolean;
  body: Payload;
}

export interface PatientRequest {
  path: string;
  body: object;
  token?: string;
  /** Asked before each try: whether nobody waits for it any more. */
  givenUp(): boolean;
  /** Told what came in place of an answer that stays. */
  onTrouble?(what: string): void;
}

/** Asks the same again until there is an answer that stays, as a patient client does; null: given up. */
export async function postPatiently(
  server: Pick<Reachable, 'http'>,
  { path, body, token, givenUp, onTrouble }: PatientRequest,
): Promise<Answer | null> {
  for (; !givenUp(); await pause(RETRY_MS)) {
    try {
      const response = await fetch(server.http + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const answer: Payload = await response.json();
      if (response.ok || !answer.retry) return { ok: response.ok, body: answer };
      onTrouble?.(JSON.stringify(answer));
    } catch (error) {
      // The gateway has gone, or says nothing.
      onTrouble?.(String(error));
    }
  }
  return null;
}
