/** A real server that a test has started, and may hurt. */
export interface RunningEngine {
  /** As Dunlin is told of it, e.g. `redis://127.0.0.1:16379`. The same after {@link start}. */
  readonly url: string;
  /** The process whose children, if any, do its work; null: it is not ours, or does not run. */
  readonly pid: number | null;
  /** SIGKILL. Its data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; resolves when it answers. */
  start(): Promise<void>;
  /** SIGSTOP: it is there and does not answer. */
  freeze(): void;
  thaw(): void;
  /** Ends it and removes its data. */
  dispose(): Promise<void>;
}

/** A kind of server: one file each beside this one. */
export interface EngineKind {
  /** `redis`, `postgres`, `kafka`, `mongodb`, `s3`. */
  readonly name: string;
  /** Null, or why it cannot be started here: what is missing, and how to get it. */
  missing(): Promise<string | null>;
  /** Builds or fetches what is not a package of the system, into `.cache/`; quick when it is there already. */
  prepare(): Promise<void>;
  start(): Promise<RunningEngine>;
}
