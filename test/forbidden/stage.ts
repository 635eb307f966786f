/** What must not be done, over MQTT and over HTTP, is in tables of who tries what, and the codes that may answer it; this is who there is. */
import type { ErrorCode } from '../../protocol/errors.ts';
import type { Account } from '../harness/account.ts';
import type { Device } from '../harness/device.ts';
import type { Server } from '../harness/server.ts';

export interface Stage {
  server: Server;
  alice: Device;
  bob: Device;
  /** A plain member of the group. */
  carl: Device;
  /** In no conversation with anybody. */
  mallory: Device;
  /** Blocked by alice. */
  dave: Device;
  /** A bot of mallory's with every scope, in no conversation. */
  keen: Device;
  /** A bot of alice's without any scope, in the group. */
  mute: Device;
  /** A bot of alice's that is not for groups. */
  shy: Account;
  /** alice (owner), bob (admin), carl, mute. */
  group: string;
  /** alice and bob. */
  direct: string;
  /** Sequence numbers in `group`: of alice, of carl, and one that carl deleted. */
  byAlice: number;
  byCarl: number;
  deleted: number;
}

export const nobody = '01890000-0000-7000-8000-00000000dead';
export const text = (value: string) => ({ type: 'text', text: value });
export type Who = 'alice' | 'bob' | 'carl' | 'mallory' | 'dave' | 'keen' | 'mute';
export type Codes = ErrorCode | ErrorCode[];
