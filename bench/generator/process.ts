import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Job } from './job.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Does a job in a fresh load generator process. @throws what stopped it */
export async function generate(job: Job): Promise<Extract<Answer, { notes: string[] }>> {
  // JSON has no NaN, which is what a figure of nothing is.
  const child = fork(main, { serialization: 'advanced' });
  const answer = await new Promise<Answer>((resolve) => {
    child.once('message', (value) => resolve(value as Answer));
    child.once('error', (error) => resolve({ error: error.message }));
    child.once('exit', (code) => resolve({ error: `the load generator ended with ${code}` }));
    child.send(job);
  });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}
