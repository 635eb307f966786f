import { parseTopic, topics } from '../../protocol/topics.ts';
import type { Route } from './position.ts';

/** What a device is subscribed to, of the topics that are delivered by cursor. */
export class Routes {
  readonly #user: string;
  readonly #device: string;
  #inbox: Route | null = null;
  #deviceInbox: Route | null = null;
  /** By conversation; `+`: all that the user is in. */
  #events: Map<string, 0 | 1> | null = null;

  constructor(user: string, device: string) {
    this.#user = user;
    this.#device = device;
  }

  get inbox(): Route | null {
    return this.#inbox;
  }
  get deviceInbox(): Route | null {
    return this.#deviceInbox;
  }

  /**
   * Takes a granted subscription; `qos` null: it ended. False: the topic is not one of these, or somebody else's (which is not
   * granted, and would change nothing here if it were).
   */
  set(topic: string, qos: 0 | 1 | null): boolean {
    const parsed = parseTopic(topic);
    switch (parsed?.kind) {
      case 'inbox':
        if (parsed.user !== this.#user) return false;
        this.#inbox = qos === null ? null : { topic, qos };
        return true;
      case 'deviceInbox':
        if (parsed.user !== this.#user || parsed.device !== this.#device) return false;
        this.#deviceInbox = qos === null ? null : { topic, qos };
        return true;
      case 'events':
        this.#setEvents(parsed.conversation, qos);
        return true;
      default:
        return false;
    }
  }

  /** Where the device gets a stream: each event once, on the inbox when it has that; null: nowhere. */
  of(stream: string): Route | null {
    if (stream === this.#device) return this.#deviceInbox;
    if (this.#inbox !== null || stream === this.#user) return this.#inbox;
    const qos = this.#events?.get(stream) ?? this.#events?.get('+');
    if (qos === undefined) return null;
    return { topic: topics.events(stream), qos };
  }

  #setEvents(conversation: string, qos: 0 | 1 | null): void {
    if (qos === null) this.#events?.delete(conversation);
    else {
      this.#events ??= new Map();
      this.#events.set(conversation, qos);
    }
  }
}
