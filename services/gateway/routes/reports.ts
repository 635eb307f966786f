import { Refused } from '../../../protocol/errors.ts';
import { reportRoutes } from '../../../protocol/http/reports.ts';
import { readCursor, writeCursor } from '../../messages/queries/page-cursor.ts';
import type { Report } from '../../reports/store.ts';
import type { GatewayParts } from '../parts.ts';
import { asFields, checkOf, fromText } from './fields.ts';
import { asAdministrator, type Handler } from './handler.ts';

const PAGE = 50;

export function reportHandlers(reports: GatewayParts['reports']): Record<keyof typeof reportRoutes, Handler> {
  const checkQuery = checkOf(reportRoutes.listReports.query);
  const checkReport = checkOf(reportRoutes.readReport.params);
  return {
    async listReports(request, reply) {
      asAdministrator(request);
      const { query } = reportRoutes.listReports;
      const { all, limit = PAGE, cursor } = checkQuery(fromText(query, asFields(request.query)));
      const page = await reports.page({ open: all === undefined, before: placeIn(cursor), limit });
      const last = page.length < limit ? undefined : page.at(-1);
      const next = last === undefined ? null : writeCursor([last.time, last.id]);
      return reply.send({ reports: page.map(onTheWire), next });
    },

    async readReport(request, reply) {
      asAdministrator(request);
      const found = await reports.read(checkReport(request.params).report);
      if (found === null) throw new Refused('not_found');
      const fields = JSON.stringify(onTheWire(found.report));
      reply.type('application/json; charset=utf-8');
      return reply.send(`${fields.slice(0, -1)},"content":[${found.messages.join(',')}]}`);
    },

    async closeReport(request, reply) {
      asAdministrator(request);
      if (!(await reports.close(checkReport(request.params).report))) throw new Refused('not_found');
      return reply.code(204).send();
    },
  };
}

function placeIn(cursor: string | undefined): { time: number; id: string } | null {
  if (cursor === undefined) return null;
  const [time, id] = readCursor(cursor, ['number', 'string']) as [number, string];
  return { time, id };
}

function onTheWire({ closedAt, ...report }: Report) {
  return { ...report, closed: closedAt };
}
