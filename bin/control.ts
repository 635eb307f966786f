/**
 * How `dunlin backup`, `restore` and `admin` speak to a running server: a Unix socket in the data folder, which only
 * the owner of the folder can open. One JSON line asks, one answers.
 */
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ControlRequest {
  command: 'backup' | 'restore' | 'invite' | 'grant';
  /** A path, or a user name. */
  argument?: string;
  admin?: boolean;
}

type Answer = { ok: true; result: string } | { ok: false; error: string };

const socketPath = (folder: string) => join(folder, 'control.sock');

/** Serves until closed. What `handle` throws is answered as an error. */
export async function listenForControl(
  folder: string,
  handle: (request: ControlRequest) => Promise<string>,
): Promise<Server> {
  const path = socketPath(folder);
  rmSync(path, { force: true }); // of a process that was killed: we own the folder
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).once('line', async (line) => {
      let answer: Answer;
      try {
        answer = { ok: true, result: await handle(JSON.parse(line) as ControlRequest) };
      } catch (error) {
        answer = { ok: false, error: (error as Error).message };
      }
      socket.end(`${JSON.stringify(answer)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}

/** Asks the server that runs on this folder; null when none does. @throws {Error} with what it answered */
export function askServer(folder: string, request: ControlRequest): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath(folder));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
      else reject(error);
    });
    socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    createInterface({ input: socket }).once('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      if (answer.ok) resolve(answer.result);
      else reject(new Error(answer.error));
    });
  });
}
