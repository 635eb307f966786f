import type { RedisClient } from './client.ts';

/** What a script takes and gives. */
export type Script<T> = (keys: string[], ...args: (string | number)[]) => Promise<T>;

/**
 * A Lua script of the server's, sent by its hash once a connection knows it. Its keys must share a `{tag}` when it has several.
 * @param name unique within the connection
 */
export function script<T>(client: RedisClient, name: string, lua: string): Script<T> {
  // Another object that stands on the same connection has defined it already: the same name is the same script.
  client.defineCommand(name, { lua });
  const commands = client as unknown as Record<string, (...args: unknown[]) => Promise<T>>;
  return async (keys, ...args) => {
    try {
      return await commands[name]!(keys.length, ...keys, ...args);
    } catch (error) {
      throw withoutArguments(error);
    }
  };
}

/** ioredis adds what was asked to what went wrong: content, which belongs in no log. */
export function withoutArguments(error: unknown): unknown {
  if (error instanceof Error && 'command' in error) delete error.command;
  return error;
}
