import type { Clock } from '../../platform/clock.ts';
import type { Engine } from '../../platform/engine.ts';
import type { Logger } from '../../platform/logging.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { type Script, script } from '../../platform/redis/script.ts';
import type { Channels } from './channels.ts';
import { ClaimMail } from './claim-mail.ts';
import { type Held, HeldClaims } from './held-claims.ts';
import type { NodeLease } from './lease.ts';
import type { Claim, SessionClaims } from './session-claims.ts';

export interface RedisSessionClaimsParts {
  connection: RedisConnection;
  /** For what is said to other nodes. */
  speaker: RedisConnection;
  engine: Pick<Engine, 'run'>;
  channels: Channels;
  lease: NodeLease;
  clock: Clock;
  logger: Logger;
}

/** A claim that nobody renews is gone after so long; it is renewed three times as often. */
const KEPT_MS = 300_000;
/** Longest that a CONNECT waits for Redis, and then for the node that had the device; it goes on without. */
const ASK_MS = 1_000;
const CLOSE_MS = 500;
/** Claims renewed at once. */
const CHUNK = 100;

/** The newest takes it, in the order in which Redis sees them. Returns what was there. */
const CLAIM = `local before = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return before or ''`;

/**
 * Mine, milliseconds, when it came, whether Redis knew of it. `kept`; `lost` and whose it is; `taken` and whose it was: of those that were
 * not recorded while Redis was away the one that came later has it.
 */
const KEEP = `local there = redis.call('GET', KEYS[1])
if there == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return { 'kept', '' }
end
if there then
  local theirs = tonumber(string.match(there, '|(%d+)$')) or 0
  local mine = tonumber(ARGV[3])
  if ARGV[4] == '1' or theirs > mine or (theirs == mine and there > ARGV[1]) then return { 'lost', there } end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return { there and 'taken' or 'kept', there or '' }`;

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** Which node has a device, in Redis: `node|number|when it came`, under a key a device. */
export class RedisSessionClaims implements SessionClaims {
  readonly #parts: RedisSessionClaimsParts;
  readonly #held = new HeldClaims();
  readonly #mail: ClaimMail;
  readonly #claimScript: Script<string>;
  readonly #keepScript: Script<['kept' | 'lost' | 'taken', string]>;
  readonly #releaseScript: Script<number>;
  #numbers = 0;
  /** All are to be looked at: what was said while Redis was away, or this node was, is not known. */
  #all = false;
  #renewing = false;
  #stopped = false;

  constructor(parts: RedisSessionClaimsParts) {
    this.#parts = parts;
    const { connection, speaker, channels, lease } = parts;
    this.#claimScript = script(connection.client, 'claimSession', CLAIM);
    this.#keepScript = script(connection.client, 'keepSession', KEEP);
    this.#releaseScript = script(connection.client, 'releaseSession', RELEASE);
    const close = (device: string, number: number) => this.#close(device, number);
    const lookAtAll = () => {
      this.#all = true;
      void this.#renew();
    };
    this.#mail = new ClaimMail({
      connection: speaker,
      channels,
      node: lease.node,
      close,
      onHearing: lookAtAll,
    });
    lease.onRenewed(lookAtAll);
    lease.onBeat(() => void this.#renew());
  }

  async claim(device: string, lost: () => Promise<void>): Promise<Claim | null> {
    const at = this.#parts.clock.now();
    const held: Held = { device, number: ++this.#numbers, at, pending: true, recorded: false, lost };
    this.#held.hold(held);
    try {
      const { engine } = this.#parts;
      const mine = this.#valueOf(held);
      const before = await engine.run(() => this.#claimScript([this.#key(device)], mine, KEPT_MS), ASK_MS);
      held.recorded = true;
      await this.#tell(before, device);
    } catch {
      // Redis is away: it is claimed again when it is back.
    }
    held.pending = false;
    if (!this.#held.has(held)) {
      if (this.#held.of(device) === undefined) this.#forget(held);
      return null;
    }
    return { release: () => this.#release(held) };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#mail.stop();
  }

  #key(device: string): string {
    return `${this.#parts.connection.prefix}claim:${device}`;
  }

  /** The same as long as it is held: the node's name does not change, whatever becomes of its leases. */
  #valueOf({ number, at }: Held): string {
    return `${this.#parts.lease.node}|${number}|${at}`;
  }

  /** Has the node close what it had. */
  async #tell(value: string, device: string): Promise<void> {
    const holder = parsed(value);
    const { lease } = this.#parts;
    if (holder === null || holder.node === lease.node) return;
    await this.#mail.close(holder.node, device, holder.number, CLOSE_MS);
  }

  async #close(device: string, number: number): Promise<void> {
    const held = this.#held.of(device);
    if (held?.number === number) await this.#lose(held);
  }

  async #lose(held: Held): Promise<void> {
    if (!this.#held.end(held)) return;
    try {
      await held.lost();
    } catch (error) {
      this.#parts.logger.error(
        { err: error, device: held.device },
        'a connection that was taken over failed',
      );
    }
  }

  #release(held: Held): boolean {
    if (!this.#held.end(held)) return false;
    this.#forget(held);
    return true;
  }

  async #renew(): Promise<void> {
    if (this.#renewing || this.#stopped) return;
    this.#renewing = true;
    const all = this.#all;
    this.#all = false;
    const due = this.#held.take(performance.now(), all);
    try {
      for (let at = 0; at < due.length && !this.#stopped; at += CHUNK)
        await Promise.all(due.slice(at, at + CHUNK).map((held) => this.#keep(held)));
    } catch (error) {
      this.#all ||= all;
      this.#parts.logger.debug({ err: error }, 'claims could not be renewed');
    } finally {
      this.#renewing = false;
    }
    // It was asked for meanwhile.
    if (this.#all && !all) void this.#renew();
  }

  async #keep(held: Held): Promise<void> {
    if (held.pending || !this.#held.has(held)) return;
    const args = [this.#valueOf(held), KEPT_MS, held.at, held.recorded ? 1 : 0];
    const [result, whose] = await this.#parts.engine.run(() =>
      this.#keepScript([this.#key(held.device)], ...args),
    );
    if (result === 'lost') return this.#lose(held);
    held.recorded = true;
    // It ended while it was claimed again.
    if (!this.#held.has(held) && this.#held.of(held.device) === undefined) return this.#forget(held);
    if (result === 'taken') void this.#tell(whose, held.device);
  }

  /** When it cannot be said it runs out; and a node that is told to close it answers at once. */
  #forget(held: Held): void {
    if (!held.recorded) return;
    this.#parts.engine
      .run(() => this.#releaseScript([this.#key(held.device)], this.#valueOf(held)))
      .catch(() => {});
  }
}

function parsed(value: string): { node: string; number: number } | null {
  const [node, number] = value.split('|');
  return node === undefined || !number ? null : { node, number: Number(number) };
}
