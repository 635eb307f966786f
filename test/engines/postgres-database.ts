import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** A database of its own in a server that tests share. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** Runs one statement past the program, e.g. to look at what it wrote. */
  query<Row extends object>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** Ends whoever is still connected. */
  drop(): Promise<void>;
}

/** @param server the URL of any database in it, with the right to make others */
export async function testDatabase(server: string): Promise<TestDatabase> {
  const name = `dunlin_${randomUUID().replaceAll('-', '')}`;
  await once(server, `create database ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  return {
    url,
    name,
    query: (sql, parameters) => once(url, sql, parameters),
    async drop() {
      await once(server, `drop database ${name} with (force)`);
    },
  };
}

async function once<Row extends object>(url: string, sql: string, parameters?: unknown[]): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}
