import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLogger } from './logging.ts';

it('writes no secret, wherever it stands in what is logged', () => {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => lines.push(line) });
  logger.info(
    {
      password: 'hunter2',
      headers: { authorization: 'Bearer hunter2' },
      req: { headers: { cookie: 'hunter2' } },
      user: 'u1',
    },
    'asked',
  );
  logger.child({ device: 'd1' }).warn({ token: 'hunter2' }, 'refused');
  assert.equal(lines.join('').includes('hunter2'), false);
  assert.match(lines[0]!, /"level":"info".*"user":"u1"/);
  assert.match(lines[1]!, /"device":"d1"/);
});
