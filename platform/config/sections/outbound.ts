import Type from 'typebox';
import { group } from '../fields.ts';

export const outbound = group('Requests to addresses that users give', {
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
});
