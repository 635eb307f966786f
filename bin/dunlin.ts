#!/usr/bin/env node
import { ConfigError } from '../platform/config/load.ts';
import { admin } from './commands/admin.ts';
import { backup } from './commands/backup.ts';
import { config } from './commands/config.ts';
import { migrate } from './commands/migrate.ts';
import { restore } from './commands/restore.ts';
import { serve } from './commands/serve.ts';

const USAGE = `Usage: dunlin COMMAND [--section.setting=value …]

  serve                  starts the server
  config check           checks the configuration
  config print           shows what is in force and where it came from
  backup FOLDER          copies a server's data, also while it runs
  restore FOLDER         puts a backup in place of a server's data, also while it runs
  migrate                moves an embedded server's data to PostgreSQL, MongoDB and Redis (docs/MIGRATION.md)
  admin invite           makes an invitation; --admin: for an administrator
  admin grant NAME       makes a user administrator

docs/CONFIGURATION.md lists the settings.`;

/** Each takes what follows its name and resolves to the exit code. */
const commands: Record<string, (args: string[]) => Promise<number>> = {
  serve,
  config,
  backup,
  restore,
  migrate,
  admin,
};

async function main([name = '', ...args]: string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`${name === '' ? '' : `${name}: there is no such command\n\n`}${USAGE}\n`);
    return 2;
  }
  try {
    return await command(args);
  } catch (error) {
    const lines =
      error instanceof ConfigError
        ? ['The configuration is wrong:', ...error.problems.map((p) => `  ${p}`)]
        : [(error as Error).message];
    process.stderr.write(`${lines.join('\n')}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
