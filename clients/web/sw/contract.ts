/** What the service worker says to pages of the app. */
export type FromWorker =
  /** Answered with true or false on the port that comes with it. */
  | { dunlin: 'looking'; conversation: string }
  | { dunlin: 'open'; conversation: string }
  /** Whoever has the device's tokens says so to the server. */
  | { dunlin: 'subscription' };

/** A cache that outlives versions of the app, and what is in it for the service worker, which has no other place that is as simple. */
export const KEPT = 'kept';
/** The language that is spoken. */
export const LANGUAGE = '/kept/language';

/** UUID, as ids of conversations are. */
export const isId = (text: unknown): text is string =>
  typeof text === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
