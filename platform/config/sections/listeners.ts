import Type from 'typebox';
import { flag, group, port, text } from '../fields.ts';

export const listen = group('Where to listen', {
  host: text(
    '127.0.0.1',
    'the address of all listeners; anything but loopback makes registration by invitation (see `registration.mode`)',
  ),
});

export const mqtt = group('MQTT over TCP', {
  port: port(1_883, 'MQTT over TCP'),
  enabled: flag(true, 'listen for MQTT without TLS'),
});

export const mqtts = group('MQTT over TLS', {
  enabled: flag(false, 'listen for MQTT over TLS; needs `tls.cert` and `tls.key`'),
  port: port(8_883, 'MQTT over TLS'),
});

export const tls = group('Certificate of this server', {
  cert: text('', 'file with the certificate chain, PEM; read again on SIGHUP'),
  key: text('', 'file with the private key, PEM'),
});

export const http = group('HTTP and WebSocket', {
  port: port(8_080, 'HTTP, and MQTT over WebSocket at /ws'),
  publicUrl: text(
    '',
    'how people reach this server, e.g. https://chat.example.org; names the origin that browsers may connect from',
  ),
  trustProxy: flag(false, 'believe X-Forwarded-For: only behind a proxy of yours that sets it'),
  origins: Type.Array(Type.String({ maxLength: 256 }), {
    default: [],
    maxItems: 100,
    description: 'further origins from which browsers may open a WebSocket',
  }),
});

export const metrics = group('Metrics and health', {
  host: text('127.0.0.1', 'the address of this listener'),
  port: port(9_464, '/metrics, /livez, /readyz'),
});
