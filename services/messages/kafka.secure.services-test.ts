/** The log and the event stream on a Kafka that is spoken to by TLS, and that wants to know who comes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { type Kafka, openKafka } from '../../platform/kafka/kafka.ts';
import { type SecureKafka, startSecureKafka } from '../../test/engines/kafka-secure.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { Server } from '../../test/harness/server.ts';
import { feedConformance } from './feed.conformance.ts';
import { feedConsumingConformance } from './feed.consuming.conformance.ts';
import { KafkaFeed } from './feed.kafka.ts';
import type { StreamedEvent } from './history.ts';
import { entry, logConformance } from './log.conformance.ts';
import { KafkaLog } from './log.kafka.ts';

// It has a server of its own; where there is no shared one there would be none either.
const { skip } = sharedEngine('kafka');

function kafkaOf(url: string, partitions: number): Kafka {
  return openKafka({ url, partitions, replicas: 3, deadlineMs: 10_000, most: 100 });
}

if (skip) describe('On Kafka with TLS and SASL', { skip }, () => {});
else
  describe('On Kafka with TLS and SASL', () => {
    let kafka: SecureKafka;
    before(async () => {
      kafka = await startSecureKafka();
    });
    after(() => kafka?.dispose());

    logConformance('Kafka by SCRAM-SHA-512 over TLS', async () => {
      const place = kafkaOf(kafka.as({}, `log-${uuidv7()}`), 1);
      let log = await KafkaLog.open(place);
      const reopen = async () => {
        await log.close();
        log = await KafkaLog.open(place);
        return log;
      };
      return { log, reopen, dispose: () => log.close() };
    });

    const two = async () => {
      const url = kafka.as({ sasl: 'plain' }, `feed-${uuidv7()}`);
      const passedOver: [string, string][] = [];
      const options = { onPassedOver: (name: string, { id }: StreamedEvent) => passedOver.push([name, id]) };
      const feed = await KafkaFeed.open(kafkaOf(url, 4), options);
      const other = await KafkaFeed.open(kafkaOf(url, 4), options);
      const dispose = async () => void (await Promise.all([feed.close(), other.close()]));
      return { feed, other, passedOver, dispose };
    };
    feedConformance('Kafka by PLAIN over TLS', two);
    feedConsumingConformance('Kafka by PLAIN over TLS', async () => ({ ...(await two()), keeps: true }));

    const wrong: [what: string, url: () => string, says: RegExp][] = [
      ['a wrong password', () => kafka.as({ password: 'guessed' }, 'x'), /localhost:\d+.*authentication/i],
      [
        'a wrong password, by PLAIN',
        () => kafka.as({ password: 'guessed', sasl: 'plain' }, 'x'),
        /authentication/i,
      ],
      ['a user nobody knows', () => kafka.as({ user: 'nobody' }, 'x'), /authentication/i],
      ['a mechanism that it does not have', () => kafka.as({ sasl: 'scram-sha-256' }, 'x'), /SASL mechanism/],
      [
        'the word of an authority that is not its own',
        () => kafka.as({ ca: kafka.stranger }, 'x'),
        /certificate/,
      ],
      ['the authorities of this machine', () => kafka.as({ ca: null }, 'x'), /certificate/],
      [
        'another name than that of its certificate',
        () => kafka.as({}, 'x').replace('@localhost', '@127.0.0.1'),
        /altnames/,
      ],
      ['no TLS', () => kafka.as({}, 'x').replace(/\?.*$/, ''), /localhost:\d+.*: ./],
    ];
    for (const [what, url, says] of wrong)
      it(`is not opened with ${what}, and says so without the password`, async () => {
        await assert.rejects(KafkaLog.open(kafkaOf(url(), 1)), (error: Error) => {
          assert.match(String((error.cause as Error).message), says);
          const shown = `${error.stack} ${(error.cause as Error).stack}`;
          assert.doesNotMatch(shown, /guessed|secret:of/);
          return true;
        });
      });

    it('the program ends at its start, and says in a line which server it was and why', async () => {
      const url = kafka.as({ password: 'guessed' }, 'x');
      const server = await Server.create({ flags: [`--engines.log=${url}`, '--engines.deadlineMs=3000'] });
      const child = server.spawn();
      try {
        let output = '';
        for (const stream of [child.stdout!, child.stderr!])
          stream.on('data', (chunk: Buffer) => {
            output += chunk.toString();
          });
        const [code] = await once(child, 'close');
        assert.equal(code, 1, output);
        assert.match(output, /engines\.log \(Kafka\): .*localhost:\d+.*authentication/i);
        assert.doesNotMatch(output, /guessed|\n {4}at /);
      } finally {
        child.kill('SIGKILL');
        await server.dispose();
      }
    });

    it('nothing that was accepted is lost when it dies, and clients come back by themselves', async () => {
      const place = kafkaOf(kafka.as({}, `log-${uuidv7()}`), 2);
      const log = await KafkaLog.open(place);
      const handled = new Set<string>();
      await log.consume(async (batch) => {
        for (const { command } of batch) handled.add(command.id);
      });
      const [before, afterwards] = [entry(), entry()];
      await log.append(before);
      await kafka.kill();
      await assert.rejects(log.append(entry()), /unavailable/);
      await kafka.start();
      while (
        !(await log.append(afterwards).then(
          () => true,
          () => false,
        ))
      )
        await new Promise((resolve) => setTimeout(resolve, 100));
      while (!(handled.has(before.command.id) && handled.has(afterwards.command.id)))
        await new Promise((resolve) => setTimeout(resolve, 20));
      await log.close();
    });
  });
