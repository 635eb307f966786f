import Type from 'typebox';
import { Id } from '../ids.ts';
import { Report, ReportList } from './answers.ts';
import { JSON_MEDIA, type Route } from './route.ts';

const closed = { additionalProperties: false } as const;
const common = {
  tag: 'server',
  auth: 'bearer',
  body: null,
  media: JSON_MEDIA,
  command: null,
} as const;
const one = Type.Object({ report: Id }, closed);

/** For administrators: what users told of each other. Sending one is a command, `report.send`. */
export const reportRoutes = {
  listReports: {
    ...common,
    method: 'GET',
    path: '/admin/reports',
    summary: 'Reports that nobody has closed, or all of them (administrators).',
    params: null,
    query: Type.Object(
      {
        all: Type.Optional(Type.Literal('true')),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
        cursor: Type.Optional(Type.String({ maxLength: 512 })),
      },
      closed,
    ),
    status: 200,
    answer: ReportList,
    codes: ['forbidden', 'bad_request', 'bad_cursor'],
  },
  readReport: {
    ...common,
    method: 'GET',
    path: '/admin/reports/{report}',
    summary: 'A report with the messages it names (administrators).',
    params: one,
    query: null,
    status: 200,
    answer: Report,
    codes: ['forbidden', 'not_found'],
  },
  closeReport: {
    ...common,
    method: 'POST',
    path: '/admin/reports/{report}/close',
    summary: 'Closes a report (administrators).',
    params: one,
    query: null,
    status: 204,
    answer: null,
    codes: ['forbidden', 'not_found', 'storage_full'],
  },
} as const satisfies Record<string, Route>;
