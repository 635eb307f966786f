/** Why there was no answer: without the address, or what else a server of somebody's network would tell of it. */
export type OutboundReason = 'not_allowed' | 'timeout' | 'unreachable' | 'tls' | 'bad_answer';

/** A request that got no answer. */
export class OutboundFailure extends Error {
  readonly reason: OutboundReason;

  constructor(reason: OutboundReason, detail = '', options?: ErrorOptions) {
    super(detail === '' ? reason : `${reason}: ${detail}`, options);
    this.reason = reason;
  }
}

const RULED_OUT = 'DUNLIN_ADDRESS_NOT_ALLOWED';

/** What a connection fails with whose address may not be asked. */
export function ruledOut(): NodeJS.ErrnoException {
  return Object.assign(new Error('the address is not allowed'), { code: RULED_OUT });
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'EPIPE',
  'UND_ERR_SOCKET',
]);
const LATE = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

export function whyItFailed(error: unknown, late: boolean): OutboundFailure {
  if (error instanceof OutboundFailure) return error;
  const code = codeOf(error);
  const of = (reason: OutboundReason) => new OutboundFailure(reason, '', { cause: error });
  if (code === RULED_OUT) return of('not_allowed');
  if (late || LATE.has(code)) return of('timeout');
  if (UNREACHABLE.has(code)) return of('unreachable');
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) return of('tls');
  return of(/^(HPE_|UND_ERR)/.test(code) ? 'bad_answer' : 'unreachable');
}

function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown };
  // Of several addresses, each with its own.
  if (Array.isArray(errors) && errors.length > 0 && typeof code !== 'string') return codeOf(errors[0]);
  return typeof code === 'string' ? code : '';
}
