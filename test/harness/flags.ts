/** Flags of a server that a test floods: no rate is counted, so that only what the test is about can refuse. */
export const unlimited = [
  '--limits.registrationsPerHourIp=0',
  '--limits.httpRequestsPerMinuteIp=0',
  '--limits.connectsPerMinuteIp=0',
  '--limits.commandsPerSecondDevice=0',
  '--limits.commandsPerSecondUser=0',
  '--limits.connectionsPerUser=0',
] as const;
