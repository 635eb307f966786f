import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Account } from '../harness/account.ts';
import type { Server } from '../harness/server.ts';

/** Bytes that are made as they are read, the same each time, and are no kind of file. */
export function* madeBytes(size: number): Generator<Buffer> {
  const piece = Buffer.concat(
    Array.from({ length: 2_048 }, () => createHash('sha256').update('a piece').digest()),
  );
  for (let made = 0; made < size; made += piece.length)
    yield piece.subarray(0, Math.min(piece.length, size - made));
}

export function digestOf(size: number): string {
  const hash = createHash('sha256');
  for (const piece of madeBytes(size)) hash.update(piece);
  return hash.digest('hex');
}

export const authorization = ({ accessToken }: Account) => ({ authorization: `Bearer ${accessToken}` });

export interface Described {
  name: string;
  bytes: number;
  sha256: string;
  url: string;
}

/** What the server says a file is, with where to fetch it. */
export async function describe(server: Server, who: Account, id: string): Promise<Described> {
  const response = await fetch(`${server.http}/media/${id}`, { headers: authorization(who) });
  if (!response.ok) throw new Error(`media: ${response.status} ${await response.text()}`);
  return (await response.json()) as Described;
}

/** Fetches it, and says what came. */
export async function fetched(server: Server, url: string): Promise<{ bytes: number; sha256: string }> {
  const response = await fetch(new URL(url, server.http));
  if (!response.ok) throw new Error(`content: ${response.status}`);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of response.body!) {
    bytes += piece.length;
    hash.update(piece);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Uploads so many bytes in one request, as they are made. */
export async function uploadForm(
  server: Server,
  who: Account,
  size: number,
): Promise<{ status: number; body: { id: string; bytes: number; sha256: string } }> {
  const boundary = 'between-the-parts';
  const asking = request(`${server.http}/media/upload`, {
    method: 'POST',
    headers: { ...authorization(who), 'content-type': `multipart/form-data; boundary=${boundary}` },
  });
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    asking.once('error', reject);
    asking.once('response', async (response) => {
      let text = '';
      for await (const piece of response) text += String(piece);
      resolve({ status: response.statusCode!, text });
    });
  });
  function* body(): Generator<Buffer> {
    yield Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="large.bin"\r\ncontent-type: application/octet-stream\r\n\r\n`,
    );
    yield* madeBytes(size);
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  await pipeline(Readable.from(body()), asking);
  const { status, text } = await answered;
  return { status, body: JSON.parse(text) };
}
