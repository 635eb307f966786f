/** The service worker's own side of the web platform, as far as it is used here: the compiler has that of pages. */
export interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
export interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
export interface Pushed extends Extendable {
  readonly data: { text(): string } | null;
}
export interface Clicked extends Extendable {
  readonly notification: Notification;
}
export interface SubscriptionChanged extends Extendable {
  readonly oldSubscription?: PushSubscription | null;
  readonly newSubscription?: PushSubscription | null;
}
/** A page of the app. */
export interface Window {
  readonly url: string;
  readonly visibilityState: 'hidden' | 'visible';
  readonly focused: boolean;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  focus(): Promise<unknown>;
}
interface Scope {
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'push', listener: (event: Pushed) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: Clicked) => void): void;
  addEventListener(type: 'pushsubscriptionchange', listener: (event: SubscriptionChanged) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  skipWaiting(): Promise<void>;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<Window[]>;
    openWindow(url: string): Promise<unknown>;
  };
}
export const scope = globalThis as unknown as Scope;

export const windows = (): Promise<Window[]> =>
  scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
