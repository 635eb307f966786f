import Type, { type Static, type TSchema } from 'typebox';

const port = (fallback: number, description: string) =>
  Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: fallback,
    description: `${description} (0: any free port)`,
  });
const count = (fallback: number, description: string, minimum = 1) =>
  Type.Integer({ minimum, maximum: 1_000_000_000, default: fallback, description });
/** 0 switches the limit off. */
const limit = (fallback: number, description: string) => count(fallback, `${description}; 0: no limit`, 0);
const text = (fallback: string, description: string) => Type.String({ default: fallback, description });
const flag = (fallback: boolean, description: string) => Type.Boolean({ default: fallback, description });
const choice = <const T extends string>(values: readonly T[], fallback: T, description: string) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    { default: fallback, description },
  ) as unknown as ReturnType<typeof Type.Unsafe<T>>;
const group = <P extends Record<string, TSchema>>(description: string, fields: P) =>
  Type.Object(fields, { additionalProperties: false, description });

export const OpenRule = Type.Object(
  {
    users: Type.Union([Type.Literal('all'), Type.Array(Type.String(), { maxItems: 1_000 })], {
      description: 'user ids, or `all`',
    }),
    allow: Type.Union([Type.Literal('publish'), Type.Literal('subscribe'), Type.Literal('both')]),
    topic: Type.String({
      minLength: 1,
      maxLength: 1_024,
      description: 'a topic filter below the prefix, without it',
    }),
  },
  { additionalProperties: false },
);

/** Every setting: its type, its default, what it means, what is allowed. The reference page is written from it. */
export const ConfigSchema = group('Dunlin', {
  data: group('Where things are kept', {
    folder: text('./data', 'the folder of databases and keys; one server at a time'),
  }),
  serve: group('What this process does', {
    role: Type.Array(choice(['all', 'broker', 'messages', 'gateway', 'webhooks', 'push'], 'all', 'a role'), {
      default: ['all'],
      minItems: 1,
      maxItems: 10,
      description:
        'broker: MQTT and delivery; messages: numbers and stores what was accepted; gateway: HTTP; webhooks: tells other servers; push: notifies devices that are not connected. Any mix; less than all of them needs all of `engines`',
    }),
  }),
  engines: group('Servers that carry what the data folder carries otherwise', {
    directory: text('', 'PostgreSQL: postgres://user:password@host:5432/database; empty: SQLite'),
    history: text('', 'MongoDB: mongodb://host1,host2/database?replicaSet=…; empty: SQLite'),
    log: text(
      '',
      'Kafka: kafka://host1:9092,host2:9092/prefix, or Redis Streams: redis://host:6379/0; empty: SQLite',
    ),
    redis: text(
      '',
      'cursors, presence, rates, sessions, what nodes tell one another: redis://host:6379/0, rediss://…, redis+cluster://host1,host2, redis+sentinel://host1,host2/master; empty: SQLite and memory',
    ),
    partitions: Type.Integer({
      minimum: 1,
      maximum: 4_096,
      default: 32,
      description:
        'partitions of the log, made when it is first used: the most processes that can number at once',
    }),
    replicas: Type.Integer({
      minimum: 1,
      maximum: 9,
      default: 3,
      description: 'copies of each partition in Kafka, as far as it has that many brokers',
    }),
    deadlineMs: count(5_000, 'milliseconds after which a call to one of them is given up', 100),
    callsAtOnce: count(1_000, 'calls to one of them under way at most; one more is refused'),
    staleSeconds: count(
      300,
      'seconds for which what is known of users and memberships serves while the directory does not answer',
    ),
  }),
  listen: group('Where to listen', {
    host: text(
      '127.0.0.1',
      'the address of all listeners; anything but loopback makes registration by invitation (see `registration.mode`)',
    ),
  }),
  mqtt: group('MQTT over TCP', {
    port: port(1_883, 'MQTT over TCP'),
    enabled: flag(true, 'listen for MQTT without TLS'),
  }),
  mqtts: group('MQTT over TLS', {
    enabled: flag(false, 'listen for MQTT over TLS; needs `tls.cert` and `tls.key`'),
    port: port(8_883, 'MQTT over TLS'),
  }),
  tls: group('Certificate of this server', {
    cert: text('', 'file with the certificate chain, PEM; read again on SIGHUP'),
    key: text('', 'file with the private key, PEM'),
  }),
  http: group('HTTP and WebSocket', {
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
  }),
  metrics: group('Metrics and health', {
    host: text('127.0.0.1', 'the address of this listener'),
    port: port(9_464, '/metrics, /livez, /readyz'),
  }),
  log: group('Logging', {
    level: choice(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'info',
      'the least that is logged',
    ),
  }),
  registration: group('Who may register', {
    mode: choice(
      ['auto', 'open', 'invitation', 'closed'],
      'auto',
      'auto: open while bound to loopback, by invitation otherwise',
    ),
    invitationDays: count(7, 'days an invitation is good for'),
  }),
  tokens: group('Tokens', {
    signingKey: text(
      '',
      'Ed25519 private key, PKCS #8 PEM, the same for all processes; by DUNLIN_TOKENS_SIGNING_KEY_FILE. Empty: one of its own, in the data folder',
    ),
    accessSeconds: count(900, 'life of an access token, seconds'),
    refreshDays: count(60, 'life of a refresh token, days; each refresh begins it anew'),
    deviceDays: count(365, 'life of a device token (the MQTT password), days'),
  }),
  open: group('Plain MQTT beside the chat', {
    enabled: flag(false, 'allow topics below `open.prefix`'),
    prefix: Type.String({
      default: 'open',
      pattern: '^(?!users$|conversations$)[A-Za-z0-9_-]{1,64}$',
      description: 'first level of these topics',
    }),
    rules: Type.Array(OpenRule, {
      default: [],
      maxItems: 1_000,
      description: 'who may do what; without a rule nobody may do anything',
    }),
    queueLimit: count(1_000, 'messages kept for a session that is away; the oldest go first'),
    sessionDays: count(30, 'days a session that is away is kept'),
  }),
  limits: group('Limits', {
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
    loginFailuresPerAccount: count(
      5,
      'failed logins of one account from one address in `loginWindowSeconds`',
    ),
    loginFailuresPerIp: count(50, 'failed logins from one address in `loginWindowSeconds`'),
    loginWindowSeconds: count(900, 'seconds until failed logins are forgotten'),
    registrationsPerHourIp: limit(60, 'registrations an hour, one address'),
    httpRequestsPerMinuteIp: limit(1_200, 'HTTP requests a minute, one address'),
  }),
  messages: group('Messages', {
    editMinutes: count(15, 'minutes in which a message can be edited'),
    retentionDays: limit(0, 'days until the content of messages is removed'),
    sweepSeconds: count(5, 'seconds between two looks for content that is to be removed'),
  }),
  media: group('Files', {
    folder: text('', 'where files are kept; empty: `media` in the data folder'),
    uploadFolder: text(
      '',
      'where what is being uploaded is kept; empty: `uploads` in the data folder. Several gateways share it, or a resumable upload stays with one of them',
    ),
    maxBytes: Type.Integer({
      minimum: 1_024,
      maximum: 2_147_483_648,
      default: 104_857_600,
      description: 'bytes of one file',
    }),
    quotaMegabytes: limit(10_240, 'MiB of files of one user'),
    dailyMegabytes: limit(2_048, 'MiB that one user uploads on a day (UTC)'),
    uploadsAtOnce: count(4, 'uploads of one user under way at once, one process'),
    resumableUploads: count(20, 'resumable uploads of one user that are not finished'),
    uploadHours: count(24, 'hours for which an unfinished resumable upload is kept'),
    idleSeconds: count(
      30,
      'seconds without a byte after which an upload is cut off; a resumable one goes on later',
    ),
    urlSeconds: Type.Integer({
      minimum: 10,
      maximum: 86_400,
      default: 900,
      description: 'seconds for which a URL of a file is good',
    }),
    cdnUrl: text(
      '',
      'stands in front of this server for files, e.g. https://media.example.org; asks it by the same path and query',
    ),
    orphanHours: count(24, 'hours until a file that no message has is removed'),
    retentionDays: limit(0, 'days until a file is removed, whatever message has it'),
    sweepSeconds: count(60, 'seconds between two looks for files that are to be removed'),
    imageMegapixels: Type.Integer({
      minimum: 1,
      maximum: 500,
      default: 64,
      description: 'millions of pixels of one picture, all frames; more is refused',
    }),
    imageSeconds: count(20, 'seconds that one picture may take'),
    imageMegabytes: count(1_024, 'MiB of memory that one picture may take', 128),
    ffmpeg: text('ffmpeg', 'the program that takes a picture of a video, if it is there; empty: none'),
    videoSeconds: count(20, 'seconds that it may take'),
    scan: Type.Array(Type.String({ minLength: 1, maxLength: 1_024 }), {
      default: [],
      maxItems: 32,
      description:
        'looks at each file before anybody can fetch it: `clamd://host:3310`, `clamd:///run/clamav/clamd.ctl`, or a program and its arguments, with `{file}` for the path: exit code 0 clean, 1 infected, anything else is a failure. While it fails, uploads are refused',
    }),
    scanSeconds: count(120, 'seconds that it may take'),
    s3: text('', 'keeps files in S3: s3://bucket/prefix; empty: in the folder'),
    s3Endpoint: text('', 'address of an S3 that is not Amazon’s, e.g. https://minio.example.org'),
    s3Region: text('us-east-1', 'its region'),
    s3PathStyle: flag(false, 'the bucket is in the path and not in the host name'),
    s3KeyId: text('', 'access key id; empty: as the environment, the instance or the pod says'),
    s3KeySecret: text('', 'its secret; by DUNLIN_MEDIA_S3_KEY_SECRET_FILE'),
    s3Encryption: choice(['', 'AES256', 'aws:kms'], '', 'encryption by S3; empty: as the bucket says'),
    s3KmsKey: text('', 'the key of `aws:kms`; empty: that of the bucket'),
  }),
  outbound: group('Requests to addresses that users give', {
    allowPrivate: Type.Array(Type.String({ maxLength: 256 }), {
      default: [],
      maxItems: 1_000,
      description:
        'what may be asked although it is not of the public internet: networks (10.1.0.0/16), addresses, or host names',
    }),
    ports: Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), {
      default: [80, 443, 8_080, 8_443],
      maxItems: 1_000,
      description: 'ports that may be asked; none: any',
    }),
  }),
  webhooks: group('Webhooks', {
    hooksPerConversation: count(20, 'incoming webhooks of one conversation'),
    postsPerMinute: limit(120, 'posts a minute to one incoming webhook'),
    perOwner: count(100, 'outgoing webhooks of one user or bot'),
    atOnce: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 64,
      description: 'requests under way at once, one process',
    }),
    atOncePerWebhook: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 4,
      description: 'requests under way at once for one webhook, each of another conversation',
    }),
    timeoutSeconds: Type.Integer({
      minimum: 1,
      maximum: 300,
      default: 15,
      description: 'seconds until a receiver must have answered',
    }),
    attempts: count(12, 'attempts at one event until it is given up'),
    retryMinSeconds: count(5, 'seconds until the second attempt; twice as long each time after that'),
    retryMaxSeconds: count(3_600, 'seconds between two attempts at most, unless the receiver asks for more'),
    pauseHours: count(24, 'hours without a success after which a webhook is paused and its owner told'),
    failuresKept: count(1_000, 'events that were given up, kept of one webhook'),
    failureDays: count(30, 'days for which they are kept'),
    rotationHours: count(24, 'hours for which a former secret signs as well', 0),
  }),
  fcm: group('Push by Firebase Cloud Messaging', {
    serviceAccountFile: text(
      '',
      'file with the key of a service account, JSON, as the Firebase console gives it; empty: none of it',
    ),
    url: text('https://fcm.googleapis.com', 'where it is asked: another one for a proxy'),
  }),
  apns: group('Push by Apple', {
    keyFile: text('', 'file with the key for provider tokens, PEM (.p8); empty: none of it'),
    keyId: text('', 'the id of this key'),
    teamId: text('', 'the id of the developer team'),
    topic: text('', 'the bundle id of the app, where a device names none'),
    production: flag(true, 'false: apps in development, which Apple serves elsewhere'),
    url: text('', 'where it is asked; empty: at Apple'),
  }),
  webpush: group('Web Push', {
    subject: text(
      '',
      'whom push services may write to: mailto:… or https://…; empty: `http.publicUrl` where that is https',
    ),
    vapidKey: text(
      '',
      'P-256 private key, PKCS #8 PEM, the same for all processes; by DUNLIN_WEBPUSH_VAPID_KEY_FILE. Empty: derived from `tokens.signingKey` where that is set, otherwise one of its own, in the data folder',
    ),
  }),
  onesignal: group('Push by OneSignal', {
    appId: text('', 'the id of the app; empty: none of it'),
    apiKey: text('', 'its key for the REST API'),
    url: text('https://api.onesignal.com', 'where it is asked: another one for a proxy'),
  }),
  push: group('Notifications of devices that are not connected', {
    enabled: flag(true, 'notify them; where no device has registered a route it costs nothing'),
    graceSeconds: count(
      30,
      'seconds in which a connected device must have acknowledged; then its user is notified too; 0: connected is enough',
      0,
    ),
    atOnce: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 64,
      description: 'attempts under way at once, one process',
    }),
    atOncePerProvider: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 32,
      description: 'attempts under way at once to one vendor, or to one host of endpoints, one process',
    }),
    perSecondPerProvider: limit(500, 'attempts a second to one of them, one process'),
    timeoutSeconds: Type.Integer({
      minimum: 1,
      maximum: 120,
      default: 10,
      description: 'seconds until a vendor must have answered',
    }),
    retryMinSeconds: count(5, 'seconds until the second attempt; twice as long each time after that'),
    retryMaxSeconds: count(900, 'seconds between two attempts at most, unless the vendor asks for more'),
    maxAgeHours: count(24, 'hours after which a notification is given up, quiet hours not counted'),
    breakerFailures: count(10, 'failures in a row after which a vendor is left alone for a while'),
    breakerSeconds: count(
      10,
      'seconds for which it is; twice as long each time it still fails, up to 5 minutes',
    ),
    routesPerDevice: Type.Integer({
      minimum: 1,
      maximum: 16,
      default: 4,
      description: 'routes of one device',
    }),
    badge: flag(true, 'count unread messages for the badge'),
    ledgerDays: count(7, 'days for which it is kept what became of each notification'),
  }),
  mail: group('Mail', {
    url: text(
      '',
      'the server that takes our mail: smtp://user:password@host:587, or smtps://…:465; by DUNLIN_MAIL_URL_FILE. Empty: no mail',
    ),
    tls: choice(
      ['required', 'optional', 'none'],
      'required',
      'for smtp://: STARTTLS must be; is used where it is offered, whatever its certificate; is not used, as to a server of this machine',
    ),
    from: text('', 'the address it comes from'),
    replyTo: text('', 'where answers go; empty: to `mail.from`'),
    name: Type.String({
      default: 'Dunlin',
      minLength: 1,
      maxLength: 80,
      description: 'what this server is called in mails',
    }),
    language: choice(['en', 'ar'], 'en', 'the language of mails to those who chose none'),
    publicUrl: text('', 'where links in mails lead; empty: `http.publicUrl`'),
    preciseNetwork: flag(
      false,
      'name the address of a new device in the notice of it, and not only its network',
    ),
    atOnce: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 4,
      description: 'mails under way at once, one process',
    }),
    perMinute: count(120, 'mails a minute, one process'),
    perRecipientHour: count(20, 'mails an hour to one address'),
    timeoutSeconds: Type.Integer({
      minimum: 1,
      maximum: 300,
      default: 60,
      description: 'seconds until a mail must have been taken',
    }),
    maxAgeHours: count(48, 'hours after which a mail that nobody takes is given up'),
    resetMinutes: count(30, 'minutes for which a link for a new password is good'),
    verifyHours: count(24, 'hours for which a link that confirms an address is good'),
  }),
  receipts: group('Receipts', {
    flushMs: Type.Integer({
      minimum: 10,
      maximum: 60_000,
      default: 200,
      description: 'milliseconds in which receipts are gathered before they are sent',
    }),
  }),
  delivery: group('Delivery', {
    cursorFlushMs: Type.Integer({
      minimum: 10,
      maximum: 60_000,
      default: 250,
      description: 'milliseconds in which acknowledgements are gathered before cursors are written',
    }),
  }),
  presence: group('Presence', {
    graceSeconds: Type.Integer({
      minimum: 0,
      maximum: 3_600,
      default: 2,
      description: 'seconds after the last connection of a user is gone until the user counts as away',
    }),
  }),
  shutdown: group('Shutdown', { drainSeconds: count(10, 'seconds that a graceful shutdown may take') }),
});

export type Config = Static<typeof ConfigSchema>;

/** A leaf of the schema, with its path. */
export interface Setting {
  path: string[];
  name: string;
  schema: TSchema & {
    type?: string;
    default?: unknown;
    description?: string;
    minimum?: number;
    maximum?: number;
    pattern?: string;
    anyOf?: { const?: unknown }[];
  };
}

/** Every setting, in the order of the page. */
export function settings(schema: TSchema = ConfigSchema, path: string[] = []): Setting[] {
  const { properties } = schema as unknown as { properties?: Record<string, TSchema> };
  if (properties === undefined || path.length === 2)
    return [{ path, name: path.join('.'), schema: schema as Setting['schema'] }];
  return Object.entries(properties).flatMap(([key, child]) => settings(child, [...path, key]));
}

/** `limits.packetBytes` → `DUNLIN_LIMITS_PACKET_BYTES`. */
export function environmentName(setting: Setting): string {
  return `DUNLIN_${setting.path.map((part) => part.replace(/[A-Z]/g, (c) => `_${c}`)).join('_')}`.toUpperCase();
}

export function defaultConfig(): Config {
  const config: Record<string, Record<string, unknown>> = {};
  for (const { path, schema } of settings()) {
    const [section, key] = path as [string, string];
    config[section] ??= {};
    config[section][key] = structuredClone(schema.default);
  }
  return config as unknown as Config;
}
