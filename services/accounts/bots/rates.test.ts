import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TokenBuckets } from '../../../platform/token-bucket.ts';
import { BotRates } from './rates.ts';

describe('rates of bots', () => {
  const clock = { now: () => 0 };
  const made: string[] = [];
  const create = (perSecond: number, burst: number) => {
    made.push(`${perSecond}/${burst}`);
    return new TokenBuckets(perSecond, burst, clock);
  };
  const taken = (rates: BotRates, bot: string, rate: number | null) => {
    for (let count = 0; ; count++) if (rates.take(bot, rate) > 0) return count;
  };

  it('are the same for all, each for itself', () => {
    const rates = new BotRates(1, 3, create);
    assert.equal(taken(rates, 'a', null), 3);
    assert.equal(taken(rates, 'b', null), 3);
  });

  it('are their own where an administrator gave one, whatever the others have', () => {
    const rates = new BotRates(1, 3, create);
    assert.equal(taken(rates, 'a', 2), 10);
    assert.equal(taken(rates, 'b', 4), 20);
    assert.equal(taken(rates, 'c', 2), 10);
    assert.equal(taken(rates, 'a', null), 3);
  });

  it('are kept for a bounded number of rates', () => {
    const rates = new BotRates(1, 3, create);
    taken(rates, 'a', 1);
    made.length = 0;
    for (let rate = 2; rate <= 101; rate++) rates.take('a', rate);
    assert.equal(made.length, 100);
    rates.take('a', 101);
    assert.equal(made.length, 100);
    assert.equal(taken(rates, 'a', 1), 5, 'the oldest was forgotten');
  });
});
