import type { Config } from '../../platform/config/schema.ts';
import { isLoopback } from '../../platform/loopback.ts';
import type { AccountSettings } from './parts.ts';

export function accountSettings(config: Config): AccountSettings {
  const { limits, registration, tokens } = config;
  const { accessSeconds, refreshDays, deviceDays } = tokens;
  return {
    registration: registrationMode(config),
    invitationDays: registration.invitationDays,
    ...{ accessSeconds, refreshDays, deviceDays },
    devicesPerUser: limits.devicesPerUser,
    contactsPerUser: limits.contactsPerUser,
    blocksPerUser: limits.blocksPerUser,
    botsPerUser: limits.botsPerUser,
    botCommandsPerSecond: limits.botCommandsPerSecond,
    botCommandBurst: limits.botCommandBurst,
    loginFailuresPerAccount: limits.loginFailuresPerAccount,
    loginFailuresPerIp: limits.loginFailuresPerIp,
    loginWindowSeconds: limits.loginWindowSeconds,
    registrationsPerHourIp: limits.registrationsPerHourIp,
  };
}

function registrationMode({ registration, listen }: Config): 'open' | 'invitation' | 'closed' {
  if (registration.mode !== 'auto') return registration.mode;
  return isLoopback(listen.host) ? 'open' : 'invitation';
}
