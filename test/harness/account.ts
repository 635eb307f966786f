import type { Reachable } from './server.ts';

/** What a person or a bot holds after registering: credentials of one device. */
export interface Account {
  user: string;
  username: string;
  password: string;
  device: string;
  accessToken: string;
  refreshToken: string;
  deviceToken: string;
}

interface SessionBody {
  user: { id: string; username: string };
  device: { id: string };
  access_token: string;
  refresh_token: string;
  device_token: string;
}

let counter = 0;
const PASSWORD = 'correct horse battery staple';

function account(body: SessionBody, password: string): Account {
  return {
    user: body.user.id,
    username: body.user.username,
    password,
    device: body.device.id,
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
    deviceToken: body.device_token,
  };
}

export async function register(server: Reachable, name = 'user', extra: object = {}): Promise<Account> {
  const username = `${name}-${process.pid}-${++counter}`;
  const response = await post(server, '/register', { username, password: PASSWORD, ...extra });
  if (response.status !== 201) throw new Error(`register: ${response.status} ${await response.text()}`);
  return account((await response.json()) as SessionBody, PASSWORD);
}

export async function login(server: Reachable, who: Account): Promise<Account> {
  const response = await post(server, '/login', { username: who.username, password: who.password });
  if (response.status !== 200) throw new Error(`login: ${response.status} ${await response.text()}`);
  return account((await response.json()) as SessionBody, who.password);
}

export function post(server: Reachable, path: string, body: unknown, token?: string): Promise<Response> {
  return request(server, 'POST', path, body, token);
}

export function request(
  server: Reachable,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<Response> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  return fetch(`${server.http}${path}`, init);
}
