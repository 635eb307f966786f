import { Agent, request as ask } from 'node:http';
import type { Payload } from './device.ts';
import type { Server } from './server.ts';

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Payload;
}

/** A request from another address of this machine (127.0.0.0/8 is all of it), for limits that count addresses. */
export function requestFrom(
  server: Server,
  from: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const options = { method, headers, localAddress: from, agent: new Agent({ keepAlive: false }) };
    const request = ask(`${server.http}${path}`, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: text.startsWith('{') ? JSON.parse(text) : text,
        }),
      );
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
