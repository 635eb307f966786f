import type { IncomingMessage } from 'node:http';
import type { Config } from '../../platform/config/schema.ts';

/**
 * May this page open a WebSocket? Browsers always say which page asks (RFC 6455 §10.2): ours may, by the address it was
 * asked at or by `http.publicUrl`, and those the operator names. Who says nothing is no browser.
 */
export function originAllowed(request: IncomingMessage, { http }: Pick<Config, 'http'>): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  const asked = parsed(origin);
  if (asked === null) return false;
  if (host !== undefined && asked.host === host.toLowerCase()) return true;
  return [http.publicUrl, ...http.origins].some((allowed) => parsed(allowed)?.origin === asked.origin);
}

/** Null: not the origin of a web page (`null` is what sandboxed pages say). */
function parsed(text: string): URL | null {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : null;
}
