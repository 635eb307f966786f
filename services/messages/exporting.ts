import type { Cursors } from './cursors.ts';
import type { History } from './history.ts';
import type { MessagesClient } from './sqlite/client.ts';
import type { ExportedEvent, ExportedReaction, Named } from './sqlite/export-jobs.ts';

export type { ExportedEvent, ExportedReaction, Named };

/**
 * What a messages.db holds, page by page, for whoever moves it elsewhere. Pages are in the order in which things were stored, behind the
 * number (of the database's own) with which an earlier page ended; 0: from the beginning. History and cursors are for what the ports tell.
 */
export interface MessagesExport {
  /** Entries of the log that have not been handled. */
  waiting(): Promise<number>;
  /** At most `limit`, and about `maxBytes` of bodies. Streams are without gaps in it. */
  events(after: number, limit: number, maxBytes: number): Promise<ExportedEvent[]>;
  /** All reactions that are shown, a message after the other. */
  reactions(after: [event: number, user: number], limit: number): Promise<ExportedReaction[]>;
  /** Streams with events. */
  streams(after: number, limit: number): Promise<Named[]>;
  /** Devices with cursors. */
  devices(after: number, limit: number): Promise<Named[]>;
  /** Streams with receipts. */
  receiptStreams(after: number, limit: number): Promise<Named[]>;
  /** Users who have read something. */
  readers(after: number, limit: number): Promise<Named[]>;
  readonly history: History;
  readonly cursors: Cursors;
}

export function messagesExport(client: MessagesClient, history: History, cursors: Cursors): MessagesExport {
  const page = (job: 'export.streams' | 'export.devices' | 'export.receiptStreams' | 'export.readers') => {
    return (after: number, limit: number) => client.read(job, { after, limit });
  };
  return {
    async waiting() {
      const { last, committed } = await client.read('log.state');
      return last - committed;
    },
    events: (after, limit, maxBytes) => client.read('export.events', { after, limit, maxBytes }),
    reactions: ([event, user], limit) => client.read('export.reactions', { event, user, limit }),
    streams: page('export.streams'),
    devices: page('export.devices'),
    receiptStreams: page('export.receiptStreams'),
    readers: page('export.readers'),
    history,
    cursors,
  };
}
