import type { Config } from '../platform/config/schema.ts';
import { isLoopback } from '../platform/loopback.ts';
import { rolesOf } from '../server/roles.ts';
import type { DunlinServer } from '../server.ts';

/** What a person who has just started Dunlin needs to know, and how to chat right now. */
export async function banner(config: Config, server: DunlinServer): Promise<string> {
  const { mqtt, mqtts, http } = server.ports;
  if (http === null || !rolesOf(config).gateway)
    return `Dunlin (${config.serve.role.join(', ')}) is ready.\n`;
  const host = config.listen.host === '127.0.0.1' ? 'localhost' : config.listen.host;
  const server_ = config.http.port === 8_080 ? '' : ` --server http://${host}:${http}`;
  const lines = [
    `Dunlin listens: MQTT ${mqtt ?? '-'}${mqtts === null ? '' : `, MQTT over TLS ${mqtts}`}, HTTP and WebSocket ${http} on ${config.listen.host}.`,
    `Chat now, in a browser:            http://${host}:${http}`,
    `or in two more terminals:          npm run chat -- --user alice${server_}`,
    `                                   npm run chat -- --user bob${server_}   (then: /dm alice hello)`,
  ];
  const invitation = await server.firstInvitation();
  if (invitation !== null) {
    lines.push(
      '',
      `Registration is by invitation. This one, shown once, makes the first administrator: ${invitation}`,
    );
  }
  if (!isLoopback(config.listen.host) && !config.mqtts.enabled) {
    lines.push(
      '',
      'WARNING: this server can be reached from other machines without TLS: passwords and messages travel in the open.',
      'Set mqtts.enabled with tls.cert and tls.key, and put HTTPS in front of HTTP.',
    );
  }
  return `${lines.join('\n')}\n`;
}
