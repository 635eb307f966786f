import { FORM_MEDIA } from '../../../protocol/http/mail.ts';
import type { Route } from '../../../protocol/http.ts';
import type { App } from '../fastify.ts';

/** A password, and what is around it. */
const MOST_BYTES = 16_384;

export const takesForm = ({ stream }: Route): boolean => stream?.[FORM_MEDIA] !== undefined;

/**
 * For routes that forms of pages are sent to, and buttons of mail programs, which may send them as multipart too (RFC 8058 §3.2): what is no form
 * is left unread. No other route takes a form: a page of somebody else's could send one.
 */
export function formBodies(scope: App): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    FORM_MEDIA,
    { parseAs: 'string', bodyLimit: MOST_BYTES },
    async (_request: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
  );
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, async () => ({}));
}
