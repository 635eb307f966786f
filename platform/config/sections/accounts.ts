import { choice, count, group, text } from '../fields.ts';

export const registration = group('Who may register', {
  mode: choice(
    ['auto', 'open', 'invitation', 'closed'],
    'auto',
    'auto: open while bound to loopback, by invitation otherwise',
  ),
  invitationDays: count(7, 'days an invitation is good for'),
});

export const tokens = group('Tokens', {
  signingKey: text(
    '',
    'Ed25519 private key, PKCS #8 PEM, the same for all processes; by DUNLIN_TOKENS_SIGNING_KEY_FILE. Empty: one of its own, in the data folder',
  ),
  accessSeconds: count(900, 'life of an access token, seconds'),
  refreshDays: count(60, 'life of a refresh token, days; each refresh begins it anew'),
  deviceDays: count(365, 'life of a device token (the MQTT password), days'),
});
