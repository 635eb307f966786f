/** What goes between the main thread and a database thread. */
export interface JobMessage {
  id: number;
  name: string;
  args: unknown;
}

export interface JobFailure {
  message: string;
  code: string | undefined;
}

export type JobReply = { id: number; value: unknown } | { id: number; failure: JobFailure };

export interface Batch {
  jobs: JobMessage[];
}

export interface Replies {
  replies: JobReply[];
  /** The write transaction of these jobs: how many it held, how long COMMIT took; absent for reads. */
  commit?: { jobs: number; seconds: number };
}

export interface ThreadData {
  path: string;
  module: string;
  /** `writer`: group commits; `reader`: read-only; `plain`: each job as it comes, transactions are the caller's. */
  role: 'writer' | 'reader' | 'plain';
  /** The job to run while there is nothing else to do. */
  idle: string | null;
}
