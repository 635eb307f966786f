/** A forgotten password, and mail. */
export const mail = {
  'mail.forgotten': 'Forgotten your password?',
  'mail.forgottenTitle': 'Set a new password',
  'mail.forgottenText':
    'Enter your user name, or the mail address of your account. If there is one, a link is sent there.',
  'mail.nameOrAddress': 'User name or mail address',
  'mail.fillName': 'Enter your user name or mail address.',
  'mail.send': 'Send the link',
  'mail.onItsWay': 'If the account has a mail address, the link is on its way. It is good for a short time.',
} as const;
