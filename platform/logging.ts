import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/**
 * Where a secret could stand in a logged object. Content is never logged: there is nothing to redact it from. Log ids
 * (`request`, `user`, `device`, `command`, `conversation`, `seq`) and codes.
 */
const SECRETS = [
  'password',
  'token',
  'access_token',
  'refresh_token',
  'device_token',
  'authorization',
  'cookie',
  'secret',
  'invitation',
];

export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination ?? pino.destination(2),
  );
}
