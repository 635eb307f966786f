import { fileURLToPath } from 'node:url';
import { uuidv7 } from 'uuidv7';
import type { Credentials } from './system.ts';

export const program = fileURLToPath(new URL('../../bin/dunlin.ts', import.meta.url));

/** The limits protect a server from one machine that does what the load generator does: raised, not switched off. */
export const limits = [
  '--log.level=warn',
  '--tokens.accessSeconds=86400',
  '--limits.registrationsPerHourIp=0',
  '--limits.httpRequestsPerMinuteIp=0',
  '--limits.connectsPerMinuteIp=0',
  '--limits.connectsPerSecond=0',
  '--limits.commandsPerSecondDevice=1000000',
  '--limits.commandBurstDevice=1000000',
  '--limits.commandsPerSecondUser=1000000',
  '--limits.commandBurstUser=1000000',
  '--limits.keepAliveMaxSeconds=3600',
];

export interface Account extends Credentials {
  accessToken: string;
}

async function post(url: string, body: object, token?: string): Promise<unknown> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${text}`);
  return JSON.parse(text);
}

async function registerOne(url: string, index: number): Promise<Account> {
  const session = (await post(`${url}/register`, {
    username: `bench-${index}`,
    password: `bench password ${index}`,
  })) as { user: { id: string }; device: { id: string }; device_token: string; access_token: string };
  return {
    user: session.user.id,
    clientId: session.device.id,
    username: session.user.id,
    password: session.device_token,
    accessToken: session.access_token,
  };
}

/** Adds accounts until there are so many. */
export async function register(url: string, accounts: Account[], users: number): Promise<void> {
  while (accounts.length < users) {
    const first = accounts.length;
    const some = Array.from({ length: Math.min(8, users - first) }, (_, i) => registerOne(url, first + i));
    accounts.push(...(await Promise.all(some)));
  }
}

/** Makes the group and returns its conversation. */
export async function createGroup(url: string, accounts: Account[], members: number[]): Promise<string> {
  const owner = accounts[members[0]!]!;
  const group = (await post(
    `${url}/groups/create`,
    { id: uuidv7(), name: 'bench', members: members.slice(1).map((member) => accounts[member]!.user) },
    owner.accessToken,
  )) as { conversation: string };
  return group.conversation;
}
