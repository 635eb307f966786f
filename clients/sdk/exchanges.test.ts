/** Our SDK, held against the exchanges of the contract. */
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
import { type Exchange, playExchange } from './fixtures/exchange.ts';

const folder = new URL('../../protocol/exchanges/', import.meta.url);
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const exchange = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Exchange;
  it(`${file}: ${exchange.about}`, () => playExchange(exchange));
}
