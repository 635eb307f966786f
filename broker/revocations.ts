import type { Logger } from '../platform/logging.ts';
import type { EventOf } from '../protocol/events.ts';
import type { StreamedEvent } from '../services/messages/history.ts';
import type { Broker } from './broker.ts';
import type { RunningDelivery } from './delivery/create.ts';

/** Devices that are revoked, and bots whose rights changed, lose their connection here, whatever process that went through. */
export function endRevoked(parts: {
  broker: Pick<Broker, 'forget' | 'rightsChanged'>;
  delivery: Pick<RunningDelivery, 'forgetDevice'>;
  logger: Logger;
}): (events: readonly StreamedEvent[]) => void {
  const { broker, delivery, logger } = parts;

  async function end(device: string): Promise<void> {
    // First the connection; delivery knows which of its last acknowledgements would still write cursors.
    await broker.forget(device);
    await delivery.forgetDevice(device);
  }

  return (events) => {
    for (const { type, stream, body } of events) {
      if (type === 'bot.updated') broker.rightsChanged(stream);
      if (type !== 'device.revoked') continue;
      const { device } = JSON.parse(body) as EventOf<'device.revoked'>;
      end(device).catch((error: unknown) =>
        logger.warn({ err: error, device }, 'not everything of a revoked device could be forgotten'),
      );
    }
  };
}
