/** The load generator's process: one job in, one answer out. */
import { drain } from '../loads/drain.ts';
import { group } from '../loads/group.ts';
import { history } from '../loads/history.ts';
import { idle } from '../loads/idle.ts';
import { oneToOne } from '../loads/one-to-one.ts';
import { wires } from '../systems/wires.ts';
import type { Answer, Job } from './job.ts';
import { Tally } from './tally.ts';

function run({ target, load }: Job, tally: Tally) {
  const wire = wires[target.wire];
  switch (load.kind) {
    case 'one-to-one':
      return oneToOne(target, wire, load, tally);
    case 'group':
      return group(target, wire, load, tally);
    case 'drain':
      return drain(target, wire, load, tally);
    case 'idle':
      return idle(target, wire, load);
    case 'history':
      return history(target, wire, load, tally);
  }
}

const answer = (value: Answer) => process.send!(value, () => process.exit(0));
const failed = (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) });

process.on('uncaughtException', failed);
process.once('message', (job: Job) => {
  const tally = new Tally(job.target.processes);
  run(job, tally).then(
    (measure) =>
      answer({
        measure,
        notes: [...tally.refusals].map(([refusal, count]) => `refused ${count} times: ${refusal}`),
      }),
    failed,
  );
});
