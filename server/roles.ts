import type { Config } from '../platform/config/schema.ts';

/** What this process does. */
export interface Roles {
  /** MQTT, delivery, presence. */
  broker: boolean;
  /** Numbers and stores what was accepted. */
  messages: boolean;
  /** HTTP. */
  gateway: boolean;
  /** Tells other servers of events. */
  webhooks: boolean;
  /** Notifies devices that are not connected. */
  push: boolean;
}

export function rolesOf({ serve }: Pick<Config, 'serve'>): Roles {
  const has = (role: Config['serve']['role'][number]) =>
    serve.role.includes('all') || serve.role.includes(role);
  return {
    broker: has('broker'),
    messages: has('messages'),
    gateway: has('gateway'),
    webhooks: has('webhooks'),
    push: has('push'),
  };
}
