import { Refused } from '../../../protocol/errors.ts';
import type { Jobs } from '../messages.worker.ts';

type Args<J extends keyof Jobs> = Parameters<Jobs[J]>[0];
type Result<J extends keyof Jobs> = ReturnType<Jobs[J]>;

/** The threads of messages.db with their jobs' own types; what they fail with is a {@link Refused}. */
export interface MessagesClient {
  write<J extends keyof Jobs>(job: J, args?: Args<J>): Promise<Result<J>>;
  read<J extends keyof Jobs>(job: J, args?: Args<J>): Promise<Result<J>>;
}

interface Runner {
  write(job: string, args?: unknown): Promise<unknown>;
  read(job: string, args?: unknown): Promise<unknown>;
}

const OVERLOADED_RETRY_MS = 1_000;

export function messagesClient(database: Runner): MessagesClient {
  return {
    write: (job, args) => database.write(job, args).catch(refuse) as Promise<never>,
    read: (job, args) => database.read(job, args).catch(refuse) as Promise<never>,
  };
}

function refuse(error: unknown): never {
  const { code, message } = error as { code?: unknown; message?: string };
  if (code === 'storage_full') throw new Refused('storage_full');
  if (code === 'overloaded') throw new Refused('overloaded', undefined, OVERLOADED_RETRY_MS);
  if (code === 'storage_failed') throw new Refused('unavailable', message?.slice(0, 200));
  throw error;
}
