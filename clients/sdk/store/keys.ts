/** Sixteen digits: every sequence number and time, in the order of numbers. */
const padded = (number: number) => String(number).padStart(16, '0');

/** Where the store keeps what: paths of the storage. One user's. */
export function keysOf(user: string) {
  const root = `store/${user}/`;
  return {
    conversations: `${root}conversation/`,
    conversation: (id: string) => `${root}conversation/${id}`,
    receipts: (id: string) => `${root}receipts/${id}`,
    members: (id: string) => `${root}members/${id}`,
    entries: (conversation: string) => `${root}entry/${conversation}/`,
    entry: (conversation: string, seq: number) => `${root}entry/${conversation}/${padded(seq)}`,
    pendings: `${root}pending/`,
    pending: (id: string) => `${root}pending/${id}`,
    expiries: `${root}expiry/`,
    /** Due before `time`. */
    expiriesBefore: (time: number) => `${root}expiry/${padded(Math.max(0, time))}`,
    expiry: (time: number, conversation: string, seq: number) =>
      `${root}expiry/${padded(time)}/${conversation}/${padded(seq)}`,
  };
}
export type Keys = ReturnType<typeof keysOf>;

/** What an expiry’s key names. */
export function expiryIn(key: string, keys: Keys): { time: number; conversation: string; seq: number } {
  const [time, conversation, seq] = key.slice(keys.expiries.length).split('/');
  return { time: Number(time), conversation: conversation!, seq: Number(seq) };
}
