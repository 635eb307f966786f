import { randomBytes } from 'node:crypto';
import mqtt from 'mqtt-packet';
import type { Encode } from '../systems/system.ts';

/** Bytes of every message's text: the size of a chat line. */
const TEXT_BYTES = 200;
const MARK = 'bench:';
const SENDER_DIGITS = 5;
const SEQ_DIGITS = 8;
const ID_SLOT = '00000000-0000-7000-8000-000000000000';

const textOf = (sender: number) =>
  `${MARK}${String(sender).padStart(SENDER_DIGITS, '0')}:${'0'.repeat(SEQ_DIGITS)}:`.padEnd(TEXT_BYTES, 'x');

const SENDER_AT = MARK.length;
const SEQ_AT = MARK.length + SENDER_DIGITS + 1;

/** Which sender wrote the text that begins at `at`. */
export const senderOf = (buffer: Buffer, at: number) => digits(buffer, at + SENDER_AT, SENDER_DIGITS);
/** Which of its messages it is, from 0. */
export const seqOf = (buffer: Buffer, at: number) => digits(buffer, at + SEQ_AT, SEQ_DIGITS);

function digits(buffer: Buffer, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 10 + buffer[i]! - 48;
  return value;
}

/**
 * One sender's PUBLISH at QoS 1, encoded once: what differs from message to message (packet identifier, command id,
 * sequence in the text) has a fixed width and is written over, so that a send costs the generator one copy.
 */
export class Frame {
  readonly #bytes: Buffer;
  readonly #packetIdAt: number;
  /** -1: the system has no command ids. */
  readonly #idAt: number;
  readonly #seqAt: number;

  constructor(sender: number, encode: Encode) {
    const { topic, payload } = encode(ID_SLOT, textOf(sender));
    this.#bytes = mqtt.generate({
      cmd: 'publish',
      topic,
      payload,
      qos: 1,
      messageId: 1,
      dup: false,
      retain: false,
    });
    const payloadAt = this.#bytes.length - Buffer.byteLength(payload);
    this.#packetIdAt = payloadAt - 2;
    this.#idAt = this.#bytes.indexOf(ID_SLOT, payloadAt);
    this.#seqAt = this.#bytes.indexOf(MARK, payloadAt) + SEQ_AT;
  }

  get length(): number {
    return this.#bytes.length;
  }

  write(into: Buffer, at: number, packetId: number, seq: number): void {
    this.#bytes.copy(into, at);
    into[at + this.#packetIdAt] = packetId >> 8;
    into[at + this.#packetIdAt + 1] = packetId & 0xff;
    if (this.#idAt !== -1) writeId(into, at + this.#idAt);
    let value = seq;
    for (let i = at + this.#seqAt + SEQ_DIGITS - 1; i >= at + this.#seqAt; i--) {
      into[i] = 48 + (value % 10);
      value = Math.floor(value / 10);
    }
  }
}

const HEX = Buffer.from('0123456789abcdef');
const random = randomBytes(3).toString('hex');
let issued = 0;
let millis = 0;
let prefix = '';

/** A UUIDv7 (RFC 9562 §5.7) with a counter as its last part, unique across generator processes by random middle bits. */
function writeId(into: Buffer, at: number): void {
  const now = Date.now();
  if (now !== millis) {
    millis = now;
    const hex = now.toString(16).padStart(12, '0');
    prefix = `${hex.slice(0, 8)}-${hex.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3)}-`;
  }
  into.write(prefix, at, 'latin1');
  let value = ++issued;
  for (let i = at + 35; i > at + 23; i--) {
    into[i] = HEX[value & 15]!;
    value = Math.floor(value / 16);
  }
}
