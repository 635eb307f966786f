import Type from 'typebox';
import { count, group, text } from '../fields.ts';

export const engines = group('Servers that carry what the data folder carries otherwise', {
  directory: text('', 'PostgreSQL: postgres://user:password@host:5432/database; empty: SQLite'),
  history: text('', 'MongoDB: mongodb://host1,host2/database?replicaSet=…; empty: SQLite'),
  log: text(
    '',
    'Kafka: kafka://host1:9092,host2:9092/prefix, or Redis Streams: redis://host:6379/0; empty: SQLite',
  ),
  redis: text(
    '',
    'cursors, presence, rates, sessions, what nodes tell one another: redis://host:6379/0, rediss://…, redis+cluster://host1,host2, redis+sentinel://host1,host2/master; empty: SQLite and memory',
  ),
  partitions: Type.Integer({
    minimum: 1,
    maximum: 4_096,
    default: 32,
    description:
      'partitions of the log, made when it is first used: the most processes that can number at once',
  }),
  replicas: Type.Integer({
    minimum: 1,
    maximum: 9,
    default: 3,
    description: 'copies of each partition in Kafka, as far as it has that many brokers',
  }),
  deadlineMs: count(5_000, 'milliseconds after which a call to one of them is given up', 100),
  callsAtOnce: count(1_000, 'calls to one of them under way at most; one more is refused'),
  staleSeconds: count(
    300,
    'seconds for which what is known of users and memberships serves while the directory does not answer',
  ),
});
