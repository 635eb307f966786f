import { Agent, get } from 'node:http';
import { Connection, type Listener } from '../generator/connection.ts';
import type { Load, Measure } from '../generator/job.ts';
import { Sender } from '../generator/sender.ts';
import type { Tally } from '../generator/tally.ts';
import { cpuMicros } from '../proc.ts';
import { Histogram } from '../stats.ts';
import type { Target, Wire } from '../systems/system.ts';

/** Filling is not what is measured: more in flight than a device would have. */
const FILL_WINDOW = 500;
const FILL_STEP = 10_000;
const PAGE = 50;
/** Pages of a kind in a row, before the other kind: long enough for processor time, which is counted in 10 ms. */
const BATCH = 100;

/**
 * User 0 fills the conversation with user 1, over MQTT as any client would; then pages of 50 are read over HTTP on one
 * kept connection, at the head and at random depths, in turns.
 */
export async function history(
  target: Target,
  wire: Wire,
  { messages, pages }: Extract<Load, { kind: 'history' }>,
  tally: Tally,
): Promise<Measure> {
  const fillStarted = performance.now();
  const conversation = await fill(target, wire, messages, tally);
  const fillRate = (messages / (performance.now() - fillStarted)) * 1000;

  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const read = (before: number | null) => page(agent, target, conversation, before, messages);
  const depth = () => PAGE + 1 + Math.floor(Math.random() * messages * 0.9);
  const kinds = {
    head: { times: new Histogram(), cpu: 0, before: () => null },
    deep: { times: new Histogram(), cpu: 0, before: depth },
  };
  for (let i = 0; i < BATCH; i++) {
    await read(null);
    await read(depth());
  }
  for (let done = 0; done < pages; done += BATCH) {
    for (const kind of [kinds.head, kinds.deep]) {
      const cpu = cpuOf(target);
      for (let i = 0; i < BATCH; i++) {
        const started = performance.now();
        await read(kind.before());
        kind.times.record((performance.now() - started) * 1000);
      }
      kind.cpu += cpuOf(target) - cpu;
    }
  }
  agent.destroy();
  const { head, deep } = kinds;
  return {
    messages,
    fillRate,
    head: head.times.percentile(0.5) / 1000,
    headP99: head.times.percentile(0.99) / 1000,
    headCpu: head.cpu / head.times.total,
    deep: deep.times.percentile(0.5) / 1000,
    deepP99: deep.times.percentile(0.99) / 1000,
    deepCpu: deep.cpu / deep.times.total,
    deepToHead: deep.times.percentile(0.5) / head.times.percentile(0.5),
  };
}

const cpuOf = ({ processes }: Target) =>
  processes.reduce((sum, { pid, ours }) => sum + (ours ? cpuMicros(pid) : 0), 0);

/** Returns the conversation's id, which the first delivery names. */
async function fill(target: Target, wire: Wire, messages: number, tally: Tally): Promise<string> {
  let named = (_conversation: string) => {};
  const conversation = new Promise<string>((resolve) => {
    named = resolve;
  });
  const sender = new Sender(0, target, wire, 0, wire.direct(target, 0, 1), tally, { window: FILL_WINDOW });
  const first: Listener = {
    publish: (buffer, start, end) => {
      if (wire.textAt(buffer, start, end) === -1) return;
      named((JSON.parse(buffer.toString('utf8', start, end)) as { conversation: string }).conversation);
    },
  };
  const connection = await Connection.of(target, 1, first);
  await connection.subscribe(wire.receives(target, 1, null));
  await sender.connect();
  tally.start();
  sender.send(1);
  await tally.settle(() => 0);
  const id = await conversation;
  await connection.close();
  for (let sent = 1; sent < messages; ) {
    const step = Math.min(FILL_STEP, messages - sent);
    sender.send(step);
    sent += step;
    await tally.settle(() => 0);
    if (tally.acked < sent) throw new Error(`only ${tally.acked} of ${sent} sends were acknowledged`);
  }
  await sender.close();
  return id;
}

/** Reads a page and checks that it is the one asked for. */
function page(agent: Agent, target: Target, conversation: string, before: number | null, messages: number) {
  const query = `limit=${PAGE}${before === null ? '' : `&before=${before}`}`;
  const headers = { authorization: `Bearer ${target.accessTokens![0]}` };
  return new Promise<void>((resolve, reject) => {
    const request = get(
      `${target.http}/messages/${conversation}?${query}`,
      { agent, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const last = (before ?? messages + 1) - 1;
          const right = text.includes(`"seq":${last},`) && text.includes(`"seq":${last - PAGE + 1},`);
          if (response.statusCode === 200 && right) resolve();
          else reject(new Error(`a page of history: ${response.statusCode} ${text.slice(0, 300)}`));
        });
      },
    );
    request.on('error', reject);
  });
}
