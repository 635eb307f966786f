import Type from 'typebox';
import { count, group, limit } from '../fields.ts';

export const limits = group('Limits', {
  packetBytes: count(98_304, 'bytes of one MQTT packet or HTTP body', 1_024),
  commandsPerSecondDevice: limit(50, 'commands a second, sustained, one device'),
  commandBurstDevice: count(200, 'commands at once, one device'),
  commandsPerSecondUser: limit(100, 'commands a second, sustained, all devices of one user'),
  commandBurstUser: count(400, 'commands at once, all devices of one user'),
  typingPerSecond: count(2, 'typing notices a second, one device'),
  connections: count(100_000, 'connections in all'),
  connectionsPerUser: limit(20, 'connections of one user, one node'),
  connectsPerMinuteIp: limit(600, 'connection attempts a minute, one address'),
  connectsPerSecond: limit(
    500,
    'connections a second that one node begins to serve; twice as many wait for their turn, more are closed',
  ),
  devicesPerUser: count(50, 'devices of one account that are not revoked'),
  subscriptionsPerDevice: count(100, 'subscriptions of one device'),
  inflightWindow: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: 64,
    description: 'PUBLISH packets sent to a device and not acknowledged yet',
  }),
  keepAliveMaxSeconds: count(
    1_200,
    'longest keep-alive of a connection, seconds; a client that asks for none gets this',
  ),
  groupMembers: Type.Integer({
    minimum: 2,
    maximum: 10_000,
    default: 10_000,
    description: 'members of one group',
  }),
  groupsPerUser: count(1_000, 'groups of one user'),
  contactsPerUser: count(10_000, 'contacts of one user'),
  blocksPerUser: count(10_000, 'users that one user has blocked'),
  botsPerUser: count(20, 'bots of one user; administrators may make more; 0: only they make any', 0),
  botCommandsPerSecond: limit(
    20,
    'commands a second, sustained, one bot to which administrators gave no rate of its own',
  ),
  botCommandBurst: count(100, 'commands at once, one such bot'),
  loginFailuresPerAccount: count(5, 'failed logins of one account from one address in `loginWindowSeconds`'),
  loginFailuresPerIp: count(50, 'failed logins from one address in `loginWindowSeconds`'),
  loginWindowSeconds: count(900, 'seconds until failed logins are forgotten'),
  registrationsPerHourIp: limit(60, 'registrations an hour, one address'),
  httpRequestsPerMinuteIp: limit(1_200, 'HTTP requests a minute, one address'),
});
