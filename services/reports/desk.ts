import type { Clock } from '../../platform/clock.ts';
import { withSequence } from '../../protocol/events.ts';
import type { History } from '../messages/history.ts';
import type { Report, ReportStore } from './store.ts';

/** Where administrators read what users told of each other. */
export interface ReportDesk {
  page: ReportStore['page'];
  /** With the messages it names, each as JSON text, as far as they are still there; null: there is no such report. */
  read(id: string): Promise<{ report: Report; messages: string[] } | null>;
  /** False: there is no such report. */
  close(id: string): Promise<boolean>;
}

export function createReportDesk(parts: {
  store: ReportStore;
  history: Pick<History, 'get'>;
  clock: Clock;
}): ReportDesk {
  const { store, history, clock } = parts;
  return {
    page: (options) => store.page(options),
    async read(id) {
      const report = await store.get(id);
      if (report === null) return null;
      const { conversation, messages } = report;
      const found = await Promise.all(
        conversation === null ? [] : messages.map((seq) => history.get(conversation, seq)),
      );
      const there = found.filter((event) => event?.type === 'message').filter((event) => event !== null);
      return { report, messages: there.map(({ seq, body }) => withSequence(seq, body)) };
    },
    close: (id) => store.close(id, clock.now()),
  };
}
