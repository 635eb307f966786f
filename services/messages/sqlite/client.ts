import { refuseStorage } from '../../../platform/sqlite/refuse.ts';
import type { Jobs } from '../messages.worker.ts';

type Args<J extends keyof Jobs> = Parameters<Jobs[J]>[0];
type Result<J extends keyof Jobs> = ReturnType<Jobs[J]>;

/** The threads of messages.db with their jobs' own types; what they fail with is a `Refused`. */
export interface MessagesClient {
  write<J extends keyof Jobs>(job: J, args?: Args<J>): Promise<Result<J>>;
  read<J extends keyof Jobs>(job: J, args?: Args<J>): Promise<Result<J>>;
}

interface Runner {
  write(job: string, args?: unknown): Promise<unknown>;
  read(job: string, args?: unknown): Promise<unknown>;
}

export function messagesClient(database: Runner): MessagesClient {
  return {
    write: (job, args) => database.write(job, args).catch(refuseStorage) as Promise<never>,
    read: (job, args) => database.read(job, args).catch(refuseStorage) as Promise<never>,
  };
}
