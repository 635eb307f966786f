import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Refused } from '../../protocol/errors.ts';

/** Looks for what nobody should get. Resolves when the file is clean. @throws {Refused} media_rejected, unavailable */
export type Scan = (path: string) => Promise<void>;

const CLAMD = /^clamd:\/\/(?:(\/.+)|(\[[0-9a-f:]+\]|[^/:[\]]+)(?::(\d{1,5}))?)$/i;
const CLAMD_PORT = 3_310;
/** Most that an answer of clamd is read of. */
const MOST_ANSWER = 4_096;
/** As of programs that look for viruses: clean, and found something. */
const [CLEAN, INFECTED] = [0, 1];
const RETRY_MS = 5_000;

/**
 * @param how as the setting `media.scan` says
 * @throws {TypeError} it says something else
 */
export function createScan(how: readonly string[], timeoutMs: number): Scan | null {
  const [program, ...args] = how;
  if (program === undefined) return null;
  if (!program.startsWith('clamd:')) return byProgram(program, args, timeoutMs);
  const [, path, host, port] = CLAMD.exec(program) ?? [];
  if (args.length > 0 || (path === undefined && host === undefined))
    throw new TypeError('media.scan: clamd://host:port or clamd:///path, and nothing else');
  const place =
    path === undefined
      ? { host: host!.replace(/[[\]]/g, ''), port: port === undefined ? CLAMD_PORT : Number(port) }
      : { path };
  return (file) => byClamd(() => connect(place), file, timeoutMs);
}

/** Whatever it is that did not work, nobody has looked at the file. */
const notScanned = (cause?: unknown) => new Refused('unavailable', 'the virus scanner', RETRY_MS, { cause });
const infected = () => new Refused('media_rejected', 'the virus scanner found something in it');

function byProgram(program: string, args: readonly string[], timeoutMs: number): Scan {
  return async (file) => {
    const given = args.map((arg) => arg.replaceAll('{file}', file));
    const child = spawn(program, given, {
      stdio: 'ignore',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      env: { PATH: process.env.PATH },
    });
    const code = await new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null));
      child.once('exit', resolve);
    });
    if (code === INFECTED) throw infected();
    if (code !== CLEAN) throw notScanned();
  };
}

/** INSTREAM of clamd(8): pieces with their length before them, and a length of zero at the end. */
async function byClamd(open: () => Socket, file: string, timeoutMs: number): Promise<void> {
  const socket = open();
  const late = setTimeout(() => socket.destroy(new Error('clamd does not answer')), timeoutMs);
  try {
    const answer = answerOf(socket);
    // Looked at below; until then it may reject while we write.
    answer.catch(() => {});
    await write(socket, Buffer.from('zINSTREAM\0'));
    for await (const piece of createReadStream(file)) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE((piece as Buffer).length);
      await write(socket, Buffer.concat([length, piece as Buffer]));
    }
    await write(socket, Buffer.alloc(4));
    const said = await answer;
    if (/\bFOUND\b/.test(said)) throw infected();
    if (!/: OK\b/.test(said)) throw notScanned(new Error(said));
  } catch (error) {
    throw error instanceof Refused ? error : notScanned(error);
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
}

async function answerOf(socket: Socket): Promise<string> {
  let said = '';
  for await (const piece of socket) {
    said += String(piece);
    if (said.includes('\0') || said.length > MOST_ANSWER) break;
  }
  return said;
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('clamd ended the connection')));
    socket.write(bytes, (error) => {
      socket.off('error', reject);
      if (error) reject(error);
      else resolve();
    });
  });
}
