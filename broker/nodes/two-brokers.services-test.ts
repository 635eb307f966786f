import { describe } from 'node:test';
import { sharedEngine } from '../../test/engines/shared.ts';
import { redisNodes } from './fixtures/redis-world.ts';
import { twoBrokersConformance } from './two-brokers.conformance.ts';

const { url, skip } = sharedEngine('redis');

if (skip) describe('two brokers: Redis', { skip }, () => {});
else twoBrokersConformance('Redis', (count) => redisNodes(url, count));
