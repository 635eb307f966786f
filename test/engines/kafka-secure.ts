import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../certs/certificates.ts';
import { freePorts } from '../harness/ports.ts';
import type { RunningEngine } from './engine.ts';
import { startBroker } from './kafka.ts';

/** Every test is one of what these characters do to a URL. */
const [USER, PASSWORD] = ['chat/server', 'a/secret:of@tests'];

export interface SecureKafka extends RunningEngine {
  /** A URL of it: who comes, how that is proved, and by whose word the server is known; the right ones when not given. */
  as(parts: { user?: string; password?: string; sasl?: string; ca?: string | null }, prefix: string): string;
  /** The certificate of an authority that does not vouch for it, as a file. */
  stranger: string;
}

/** Kafka that speaks TLS only, with a certificate of an authority made for it, and lets in one user, by SCRAM-SHA-512 or PLAIN. */
export async function startSecureKafka(): Promise<SecureKafka> {
  const folder = await mkdtemp(join(tmpdir(), 'dunlin-kafka-tls-'));
  try {
    const file = (name: string) => join(folder, name);
    const { ca, chain, key } = await makeCertificates(['localhost']);
    const other = await makeCertificates(['localhost']);
    // Its own file of one certificate has the key first.
    await writeFile(file('server.pem'), `${key}\n${chain}`, { mode: 0o600 });
    await writeFile(file('ca.pem'), ca);
    await writeFile(file('stranger.pem'), other.ca);
    const [port, secure, controller] = (await freePorts(3)) as [number, number, number];
    const jaas = 'org.apache.kafka.common.security';
    const as: SecureKafka['as'] = (parts, prefix) => {
      const { user = USER, password = PASSWORD, sasl = 'scram-sha-512', ca = file('ca.pem') } = parts;
      const who = [user, password].map(encodeURIComponent).join(':');
      const query = new URLSearchParams({ tls: 'true', sasl, ...(ca === null ? {} : { ca }) });
      return `kafka://${who}@localhost:${secure}/${prefix}?${query}`;
    };
    const broker = await startBroker({
      ...{ id: 1, port, controllers: [controller], url: as({}, 'dunlin') },
      format: ['--add-scram', `SCRAM-SHA-512=[name=${USER},password=${PASSWORD}]`],
      settings: () => ({
        listeners: `PLAINTEXT://127.0.0.1:${port},SECURE://localhost:${secure},CONTROLLER://127.0.0.1:${controller}`,
        'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},SECURE://localhost:${secure}`,
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT',
        'listener.name.secure.ssl.keystore.type': 'PEM',
        'listener.name.secure.ssl.keystore.location': file('server.pem'),
        'listener.name.secure.sasl.enabled.mechanisms': 'SCRAM-SHA-512,PLAIN',
        'listener.name.secure.scram-sha-512.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
        'listener.name.secure.plain.sasl.jaas.config': `${jaas}.plain.PlainLoginModule required "user_${USER}"="${PASSWORD}";`,
      }),
    });
    const dispose = broker.dispose.bind(broker);
    return Object.assign(broker, {
      as,
      stranger: file('stranger.pem'),
      async dispose() {
        await dispose();
        await rm(folder, { recursive: true });
      },
    });
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
}
