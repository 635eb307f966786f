import type { DatabaseSync } from 'node:sqlite';
import { appendJobs } from './sqlite/append-jobs.ts';
import { cursorJobs } from './sqlite/cursor-jobs.ts';
import { expiryJobs } from './sqlite/expiry-jobs.ts';
import { exportJobs } from './sqlite/export-jobs.ts';
import { logJobs } from './sqlite/log-jobs.ts';
import { Names } from './sqlite/names.ts';
import { readJobs } from './sqlite/read-jobs.ts';
import { recentJobs } from './sqlite/recent-jobs.ts';
import { Removal } from './sqlite/removal.ts';
import { SearchIndex } from './sqlite/search-index.ts';
import { searchIndexJobs, searchJobs } from './sqlite/search-jobs.ts';

export { migrations } from './sqlite/schema.ts';

/** What the threads of messages.db can do, by name. Called once a connection. */
export function jobs(db: DatabaseSync) {
  const names = new Names(db);
  const search = new SearchIndex(db);
  const removal = new Removal(db, search);
  return {
    ...logJobs(db),
    ...appendJobs(db, names, search, removal),
    ...readJobs(db, names),
    ...recentJobs(db, names),
    ...searchIndexJobs(search),
    ...searchJobs(db, names),
    ...expiryJobs(db, names, removal),
    ...cursorJobs(db, names),
    ...exportJobs(db, names),
  };
}

export type Jobs = ReturnType<typeof jobs>;
