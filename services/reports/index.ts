import type { ChangeRules } from '../messages/pipeline.ts';
import { type ReportParts, reportSend } from './report-send.ts';

export { createReportDesk, type ReportDesk } from './desk.ts';

/** Telling the administrators of a user. */
export function reportRules(parts: ReportParts): ChangeRules[] {
  return [reportSend(parts)] as ChangeRules[];
}
