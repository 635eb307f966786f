import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { RefusedError, type Session, type Sessions } from '../sdk/index.ts';
import type { Options } from './options.ts';

/**
 * Logs in; registers when there is no such name and registration allows it.
 * @throws {RefusedError} bad_credentials, weak_password, invitation_required, …
 */
export async function signIn(sessions: Sessions, options: Options): Promise<Session> {
  const password =
    process.env.DUNLIN_PASSWORD ??
    (await askPassword(`Password for ${options.user} (a new name is registered): `));
  const device = { device: `terminal on ${process.platform}` };
  try {
    return await sessions.register(options.user, password, {
      ...device,
      ...(options.invitation === undefined ? {} : { invitation: options.invitation }),
    });
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    // The name is there, or only those with an account may come in: then this is a login.
    const { code } = error.refusal;
    const login =
      code === 'username_taken' ||
      code === 'weak_password' ||
      ((code === 'invitation_required' || code === 'registration_closed') &&
        options.invitation === undefined);
    if (!login) throw error;
    return sessions.login(options.user, password, device).catch((failed: unknown) => {
      // A new name with a weak password, or without an invitation: the first refusal says more.
      throw code !== 'username_taken' &&
        failed instanceof RefusedError &&
        failed.refusal.code === 'bad_credentials'
        ? error
        : failed;
    });
  }
}

async function askPassword(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const readline = createInterface({
    input: process.stdin,
    output: silent,
    terminal: process.stdin.isTTY === true,
  });
  try {
    return await readline.question('');
  } finally {
    readline.close();
    process.stderr.write('\n');
  }
}
