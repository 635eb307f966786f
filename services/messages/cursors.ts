/** A device's acknowledged prefix of one stream. */
export interface DeviceCursor {
  device: string;
  user: string;
  stream: string;
  seq: number;
  /** When the acknowledgement came, milliseconds since the epoch; null: the device begins here, and has received nothing. */
  time: number | null;
}

export interface UserReceipt {
  user: string;
  /** The furthest of the user's devices; 0: nothing yet. */
  delivered: number;
  deliveredAt: number | null;
  read: number;
  readAt: number | null;
}

/**
 * Port: delivery and read cursors. Cursors only move forward: a lower one than is stored changes nothing.
 */
export interface Cursors {
  /** Every stored cursor of a device. */
  ofDevice(device: string): Promise<Map<string, number>>;
  /** Durable when it resolves. Called in batches, behind the acknowledgements. */
  save(cursors: DeviceCursor[]): Promise<void>;
  /** Durable when it resolves; true when it moved. */
  read(user: string, stream: string, seq: number, time: number): Promise<boolean>;
  /** How far a user has read, by stream. */
  readsOf(user: string): Promise<Map<string, number>>;
  /** Receipts of everyone who has any in these streams. */
  receipts(streams: string[]): Promise<Map<string, UserReceipt[]>>;
  /** The same of these users in one stream, however many others have any; by user. */
  receiptsOf(stream: string, users: readonly string[]): Promise<Map<string, UserReceipt>>;
  /** Forgets a device that was revoked. What it had received stays received. */
  forgetDevice(device: string): Promise<void>;
  close(): Promise<void>;
}
