import type { Config } from '../../platform/config/schema.ts';
import { covers, isFilter, matches } from './filters.ts';

interface Rule {
  publish: boolean;
  subscribe: boolean;
  filter: string[];
}

/** What the operator allows below `open.prefix`; without a rule nobody may do anything. */
export class OpenRules {
  readonly #enabled: boolean;
  readonly #prefix: string;
  readonly #forAll: Rule[] = [];
  readonly #byUser = new Map<string, Rule[]>();

  /** @throws {Error} a rule's topic is not a topic filter */
  constructor({ enabled, prefix, rules }: Config['open']) {
    this.#enabled = enabled;
    this.#prefix = prefix;
    for (const { users, allow, topic } of rules) {
      if (!isFilter(topic)) throw new Error(`open.rules: ${JSON.stringify(topic)} is not a topic filter`);
      const rule = {
        publish: allow !== 'subscribe',
        subscribe: allow !== 'publish',
        filter: [prefix, ...topic.split('/')],
      };
      if (users === 'all') this.#forAll.push(rule);
      else for (const user of users) this.#byUser.set(user, [...(this.#byUser.get(user) ?? []), rule]);
    }
  }

  /** Is this a topic, or a filter of topics, of plain MQTT? */
  owns(topic: string): boolean {
    if (!this.#enabled || !topic.startsWith(this.#prefix)) return false;
    return topic.length === this.#prefix.length || topic[this.#prefix.length] === '/';
  }

  mayPublish(user: string, topic: string): boolean {
    // U+0000 must not be in a topic [MQTT-1.5.3-2], wildcards not in a name [MQTT-3.3.2-2].
    if (!this.owns(topic) || !isFilter(topic) || /[#+]/.test(topic)) return false;
    const levels = topic.split('/');
    return this.#some(user, ({ publish, filter }) => publish && matches(filter, levels));
  }

  /** Only a filter that one rule covers: what it would match beyond the rules is not sifted out later. */
  maySubscribe(user: string, filter: string): boolean {
    if (!this.owns(filter) || !isFilter(filter)) return false;
    const levels = filter.split('/');
    return this.#some(user, (rule) => rule.subscribe && covers(rule.filter, levels));
  }

  mayReceive(user: string, topic: string): boolean {
    if (!this.owns(topic)) return false;
    const levels = topic.split('/');
    return this.#some(user, ({ subscribe, filter }) => subscribe && matches(filter, levels));
  }

  #some(user: string, check: (rule: Rule) => boolean): boolean {
    return this.#forAll.some(check) || (this.#byUser.get(user)?.some(check) ?? false);
  }
}
