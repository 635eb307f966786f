import type { FastifyInstance } from 'fastify';
import type { Route } from '../../protocol/http.ts';
import type { Actor } from '../actor.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    route?: Route;
  }
  interface FastifyRequest {
    /** Who it comes from, for limits and logs; see address.ts. */
    address: string;
    /** Who is asking; null on routes that ask nobody. */
    actor: Actor | null;
    admin: boolean;
    /** For the log: the command it was, and the code it was refused with. */
    command: string | null;
    refusedWith: string | null;
  }
}

export type App = FastifyInstance;
