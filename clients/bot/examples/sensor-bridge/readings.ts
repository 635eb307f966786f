import mqtt, { type MqttClient } from 'mqtt';
import type { Log } from '../../index.ts';
import type { Source } from './settings.ts';

/** The return code of a subscription that was refused [MQTT-3.9.3-2]. */
const REFUSED = 128;

/** Readings as plain MQTT brings them, one after the other; what came while one was away as well, as far as the broker keeps it. */
export class Readings {
  readonly #client: MqttClient;

  /** A reading is acknowledged when `take` has resolved. */
  constructor(
    source: Source,
    topics: readonly string[],
    take: (topic: string, payload: Buffer) => Promise<void>,
    log: Log,
  ) {
    const { url, ...who } = source;
    const client = mqtt.connect(url, {
      ...{ ...who, clean: false, resubscribe: false, reconnectOnConnackError: true },
      // Spread, so that a restarted broker is not met by everybody at once.
      reconnectPeriod: Math.ceil(1_000 * (1 + Math.random() * 2)),
    });
    this.#client = client;
    client.handleMessage = ({ topic, payload }, done) => {
      take(topic, payload as Buffer).then(
        () => done(),
        (error: unknown) => done(error as Error),
      );
    };
    client.on('connect', () => {
      client.subscribe([...new Set(topics)], { qos: 1 }, (error, granted) => {
        const refused =
          granted?.filter(({ qos }) => (qos as number) === REFUSED).map(({ topic }) => topic) ?? [];
        if (refused.length > 0 || (error && client.connected))
          log('error', 'these topics may not be subscribed to: see open.rules, and the scopes of the bot', {
            topics: refused.length > 0 ? refused : topics,
          });
      });
    });
    // Each attempt that fails is told by this; it goes on by itself.
    client.on('error', (error) => log('error', 'the sensors cannot be heard now', { error }));
  }

  async stop(): Promise<void> {
    await this.#client.endAsync(!this.#client.connected);
  }
}
