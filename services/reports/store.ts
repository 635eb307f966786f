import type { ReportReason } from '../../protocol/commands.ts';

/** What a user told the administrators of another. */
export interface Report {
  /** The id of the command that sent it. */
  id: string;
  reporter: string;
  user: string;
  reason: ReportReason;
  text: string | null;
  conversation: string | null;
  /** Sequence numbers in the conversation. */
  messages: number[];
  /** Milliseconds since the epoch, as `closedAt`. */
  time: number;
  /** null: open. */
  closedAt: number | null;
}

/** Port: reports, for the administrators. */
export interface ReportStore {
  /** Again changes nothing. */
  add(report: Report): Promise<void>;
  get(id: string): Promise<Report | null>;
  /** Newest first, those before `before`. `open`: only those that nobody has closed. */
  page(options: {
    open: boolean;
    before: { time: number; id: string } | null;
    limit: number;
  }): Promise<Report[]>;
  /** False: there is none. Closing again changes nothing. */
  close(id: string, at: number): Promise<boolean>;
}
