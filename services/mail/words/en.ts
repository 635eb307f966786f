/** A text in the forms that a language has for numbers. */
export type Counted = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

export const en = {
  greeting: 'Hello {name},',
  footer: 'This mail was sent by {service} to the account {username}.',
  unsubscribe: 'Stop these mails',
  open: 'Open {service}',
  ignore: 'If this was not you, you need do nothing.',

  verify: {
    subject: 'Confirm your mail address',
    text: 'Somebody gave this address for the account {username} of {service}. Confirm it if that was you.',
    action: 'Confirm the address',
    until: 'The link is good until {time}.',
  },
  reset: {
    subject: 'Set a new password',
    text: 'Somebody asked for a new password for the account {username} of {service}.',
    action: 'Set a new password',
    until: 'The link is good until {time}, and once.',
    effect: 'With a new password all your devices are signed out.',
  },
  password: {
    subject: 'Your password was changed',
    text: 'The password of your account {username} of {service} was set anew by a link in a mail, on {time}. All devices were signed out.',
    advice:
      'If this was not you, somebody else can read your mail. Secure your mailbox first, then set a new password.',
  },
  address: {
    subject: 'Your mail address was changed',
    replaced:
      'This address is not that of the account {username} of {service} any more: another one took its place.',
    removed: 'This address was removed from the account {username} of {service}.',
    advice: 'If this was not you, sign in and change your password, or ask whoever runs the server.',
  },
  device: {
    subject: 'A new device signed in',
    text: 'A device signed in to your account {username} of {service}.',
    name: 'Device: {device}',
    unnamed: 'Device: without a name',
    time: 'Time: {time}',
    network: 'Network: {network}',
    action: 'See your devices',
    advice: 'If this was not you, sign that device out and change your password.',
  },
  digest: {
    subject: { one: 'One unread message', other: '{count} unread messages' },
    text: {
      one: 'There is a message that you have not read.',
      other: 'There are {count} messages that you have not read.',
    },
    inConversation: { one: 'one message', other: '{count} messages' },
    more: { one: 'and one more conversation', other: 'and {count} more conversations' },
    from: 'from {names}',
    group: 'A group',
    someone: 'Somebody',
  },

  page: {
    verifyTitle: 'Confirm your mail address',
    verifyText: 'Press the button to confirm that this address is yours.',
    verifyAction: 'Confirm',
    verified: 'The address is confirmed.',
    resetTitle: 'Set a new password',
    resetText: 'All your devices will be signed out.',
    resetField: 'New password',
    resetAction: 'Set the password',
    resetDone: 'The password is set. Sign in with it.',
    unsubscribeTitle: 'Stop these mails',
    unsubscribeNotices: 'You will not get mails about new devices any more.',
    unsubscribeDigests: 'You will not get mails about unread messages any more.',
    unsubscribeAction: 'Stop them',
    unsubscribed: 'Done. You can have them again from the settings of your account.',
    linkInvalid: 'This link is unknown, was used, or is too old. Ask for a new one.',
    emailTaken: 'Another account has this address.',
    weakPassword:
      'This password is too easy to guess. Use at least 8 characters that are not a common password.',
    failed: 'That did not work. Try again in a while.',
    back: 'Back',
  },
};

type Shape<T> = T extends string
  ? string
  : T extends { other: string }
    ? Counted
    : { [K in keyof T]: Shape<T[K]> };
export type Words = Shape<typeof en>;
