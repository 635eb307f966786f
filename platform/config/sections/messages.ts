import Type from 'typebox';
import { count, group, limit } from '../fields.ts';

export const messages = group('Messages', {
  editMinutes: count(15, 'minutes in which a message can be edited'),
  retentionDays: limit(0, 'days until the content of messages is removed'),
  sweepSeconds: count(5, 'seconds between two looks for content that is to be removed'),
});

export const receipts = group('Receipts', {
  flushMs: Type.Integer({
    minimum: 10,
    maximum: 60_000,
    default: 200,
    description: 'milliseconds in which receipts are gathered before they are sent',
  }),
});

export const delivery = group('Delivery', {
  cursorFlushMs: Type.Integer({
    minimum: 10,
    maximum: 60_000,
    default: 250,
    description: 'milliseconds in which acknowledgements are gathered before cursors are written',
  }),
});

export const presence = group('Presence', {
  graceSeconds: Type.Integer({
    minimum: 0,
    maximum: 3_600,
    default: 2,
    description: 'seconds after the last connection of a user is gone until the user counts as away',
  }),
});
