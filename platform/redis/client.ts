import type { Cluster, Redis } from 'ioredis';

/** What commands are sent by: to one server, or to a Cluster of them. */
export type RedisClient = Redis | Cluster;
