import { randomBytes } from 'node:crypto';
import { sharedEngine } from '../engines/shared.ts';
import { killedInTheGraceTime } from './grace.ts';

const name = `grace${randomBytes(6).toString('hex')}`;
const [kafka, redis] = [sharedEngine('kafka'), sharedEngine('redis')];

killedInTheGraceTime('Kafka', [`--engines.log=${kafka.url}/${name}`], kafka.skip);
killedInTheGraceTime('Redis Streams', [`--engines.log=${redis.url}?prefix=${name}`], redis.skip);
