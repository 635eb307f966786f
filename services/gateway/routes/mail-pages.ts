import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errors, Refused } from '../../../protocol/errors.ts';
import { mailRoutes } from '../../../protocol/http/mail.ts';
import type { MailDesk } from '../../mail/index.ts';
import { escaped } from '../../mail/letters/clean.ts';
import { directionOf, type Language, languages, spokenBy, type Words } from '../../mail/words/words.ts';
import { asFields, checkOf } from './fields.ts';
import type { Handler } from './handler.ts';

type Names = 'verifyPage' | 'verifyByPage' | 'resetPage' | 'resetByPage' | 'unsubscribePage' | 'unsubscribe';

const STYLE = [
  ':root{color-scheme:light dark}',
  'body{max-width:26rem;margin:4rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif}',
  'h1{font-size:1.3rem}',
  'label{display:block}',
  'input,button{box-sizing:border-box;width:100%;margin:.25rem 0 1rem;padding:.7rem;font:inherit;border-radius:.5rem}',
  'input{border:1px solid #7a828c}',
  'button{border:0;background:#0b5f6b;color:#fff;font-weight:600;cursor:pointer}',
].join('');
/** The one style is allowed by its hash (CSP3 §6.7.3.3), forms go to where they came from, and there is nothing else. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/**
 * The pages that links in mails lead to, which need no app and no script. Opening one does nothing: programs that look through mails open every
 * link in them.
 */
export function mailPageHandlers(mail: MailDesk): Record<Names, Handler> {
  const link = checkOf(mailRoutes.verifyPage.params);
  const form = checkOf(mailRoutes.resetByPage.stream['application/x-www-form-urlencoded']);

  /** @throws {Refused} mail_not_configured */
  function speak(request: FastifyRequest): { language: Language; words: Words['page'] } {
    if (mail.language === null) throw new Refused('mail_not_configured');
    const language = spokenBy(request.headers['accept-language'], mail.language);
    return { language, words: languages[language].page };
  }

  /** What a person is told of a refusal; a program gets the problem. */
  async function orExplained(
    request: FastifyRequest,
    reply: FastifyReply,
    title: (words: Words['page']) => string,
    work: () => Promise<string>,
  ): Promise<unknown> {
    try {
      return send(reply, await work());
    } catch (error) {
      if (!(error instanceof Refused) || !wantsHtml(request)) throw error;
      const { language, words } = speak(request);
      const { code } = error.refusal;
      request.refusedWith = code;
      reply.code(errors[code].status);
      return send(reply, page(language, title(words), [p(explained(code, words))]));
    }
  }

  return {
    async verifyPage(request, reply) {
      link(request.params);
      const { language, words } = speak(request);
      const body = [p(words.verifyText), button(words.verifyAction)];
      return send(reply, page(language, words.verifyTitle, body));
    },
    async verifyByPage(request, reply) {
      const { token } = link(request.params);
      return orExplained(
        request,
        reply,
        (words) => words.verifyTitle,
        async () => {
          await mail.verify(token, request.address);
          const { language, words } = speak(request);
          return page(language, words.verifyTitle, [p(words.verified)]);
        },
      );
    },
    async resetPage(request, reply) {
      link(request.params);
      const { language, words } = speak(request);
      const field = `<label>${escaped(words.resetField)}<input type="password" name="new_password" autocomplete="new-password" required minlength="8" maxlength="256"></label>`;
      const body = [p(words.resetText), button(words.resetAction, field)];
      return send(reply, page(language, words.resetTitle, body));
    },
    async resetByPage(request, reply) {
      const { token } = link(request.params);
      return orExplained(
        request,
        reply,
        (words) => words.resetTitle,
        async () => {
          const { new_password } = form(asFields(request.body));
          await mail.confirmReset(token, new_password, request.address);
          const { language, words } = speak(request);
          return page(language, words.resetTitle, [p(words.resetDone)]);
        },
      );
    },
    async unsubscribePage(request, reply) {
      const { token } = link(request.params);
      const { language, words } = speak(request);
      return orExplained(
        request,
        reply,
        () => words.unsubscribeTitle,
        async () => {
          const about =
            mail.listOf(token) === 'notices' ? words.unsubscribeNotices : words.unsubscribeDigests;
          return page(language, words.unsubscribeTitle, [p(about), button(words.unsubscribeAction)]);
        },
      );
    },
    async unsubscribe(request, reply) {
      const { token } = link(request.params);
      const { language, words } = speak(request);
      return orExplained(
        request,
        reply,
        () => words.unsubscribeTitle,
        async () => {
          await mail.unsubscribe(token);
          return page(language, words.unsubscribeTitle, [p(words.unsubscribed)]);
        },
      );
    },
  };
}

function explained(code: ErrorCode, words: Words['page']): string {
  if (code === 'link_invalid') return words.linkInvalid;
  if (code === 'email_taken') return words.emailTaken;
  if (code === 'weak_password' || code === 'bad_request') return words.weakPassword;
  return words.failed;
}

const wantsHtml = ({ headers: { accept } }: FastifyRequest): boolean =>
  accept?.includes('text/html') ?? false;

function send(reply: FastifyReply, html: string) {
  return reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(html);
}

const p = (text: string) => `<p>${escaped(text)}</p>`;

/** Without an address: it goes where the page came from. */
const button = (label: string, fields = '') =>
  `<form method="post">${fields}<button type="submit">${escaped(label)}</button></form>`;

function page(language: Language, title: string, body: string[]): string {
  return `<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${body.join('\n')}
</body>
</html>
`;
}
