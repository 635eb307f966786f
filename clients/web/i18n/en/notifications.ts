/** Notifications that come while the app is closed. The service worker has these words too (sw/push.ts), and no others. */
export const notifications = {
  'notifications.new': 'New message',
  'notifications.arrive': 'Notifications arrive on this device.',
  'notifications.title': 'On this device, when Dunlin is closed',
  'notifications.closed': 'Notifications',
  'notifications.closedHint': 'They come by way of the maker of your browser, who cannot read them.',
  'notifications.denied': 'This browser has been told not to. Allow it in the settings of the site.',
  'notifications.none': 'This browser has none here.',
  'notifications.install': 'Add Dunlin to the home screen first: this browser has them only there.',
  'notifications.try': 'Send one to try',
  'notifications.tried': 'One is on its way to this device.',
  'notifications.failed': 'This did not work. Try again later.',
  'notifications.offer': 'Would you like to be told of answers?',
  'notifications.turnOn': 'Turn on',
} as const;
