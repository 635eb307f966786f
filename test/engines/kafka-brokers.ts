import { freePorts } from '../harness/ports.ts';
import { startBroker } from './kafka.ts';
import { ServerSet } from './server-set.ts';

const COUNT = 3;

/** Three brokers, each a controller too, with three copies of everything: one of them may die. */
export async function startKafkaBrokers(): Promise<ServerSet> {
  const ports = await freePorts(2 * COUNT);
  const [brokers, controllers] = [ports.slice(0, COUNT), ports.slice(COUNT)];
  const started = await Promise.allSettled(
    // None of them answers before most controllers are there.
    brokers.map((port, i) =>
      startBroker({
        ...{ id: i + 1, port, controllers },
        settings: () => ({
          'offsets.topic.replication.factor': COUNT,
          'transaction.state.log.replication.factor': COUNT,
          'min.insync.replicas': 2,
          // Another controller is chosen soon.
          'controller.quorum.election.timeout.ms': 500,
          'controller.quorum.fetch.timeout.ms': 1_000,
        }),
      }),
    ),
  );
  const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const set = new ServerSet(`kafka://${brokers.map((port) => `127.0.0.1:${port}`).join(',')}`, nodes);
  const failed = started.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failed === undefined) return set;
  await set.dispose();
  throw failed.reason;
}
