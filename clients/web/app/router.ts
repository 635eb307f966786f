import { signal } from '@preact/signals';
import type { Where } from '../chat/chat.ts';

/** Where one is. `screen`: settings and the like, by its name in screens.ts, with the rest of the path. */
export type Place =
  | { at: 'list' }
  /** `seq`: a message to go to; `find`: one wants to search in it. */
  | { at: 'chat'; where: Where; seq?: number; find?: boolean }
  | { at: 'invite'; code: string }
  | { at: 'screen'; name: string; path: readonly string[] };

/** The gateway answers with the app below `/app/`, `/invite/` and `/u/` (services/gateway/plugins/web-app.ts). */
export function placeOf(pathname: string, query = ''): Place {
  const [root, name, ...path] = pathname.split('/').slice(1).map(decoded);
  if (root === 'invite' && name) return { at: 'invite', code: name };
  // A link to somebody, which people give to others: short, and the same on every server.
  if (root === 'u' && name) return { at: 'screen', name: 'user', path: [name] };
  if (root !== 'app' || !name) return { at: 'list' };
  if (name === 'chat' && path[0]) {
    const asked = new URLSearchParams(query);
    const seq = Number(asked.get('at'));
    const where = { conversation: path[0] };
    if (asked.has('find')) return { at: 'chat', where, find: true };
    return Number.isSafeInteger(seq) && seq > 0 ? { at: 'chat', where, seq } : { at: 'chat', where };
  }
  if (name === 'with' && path[0]) return { at: 'chat', where: { user: path[0] } };
  return { at: 'screen', name, path };
}

export function pathOf(place: Place): string {
  const path = (...parts: string[]) => `/${parts.map(encodeURIComponent).join('/')}`;
  switch (place.at) {
    case 'list':
      return '/';
    case 'invite':
      return path('invite', place.code);
    case 'screen':
      if (place.name === 'user' && place.path.length === 1) return path('u', ...place.path);
      return path('app', place.name, ...place.path);
    case 'chat': {
      const { where, seq, find } = place;
      if ('user' in where) return path('app', 'with', where.user);
      const chat = path('app', 'chat', where.conversation);
      if (find === true) return `${chat}?find`;
      return seq === undefined ? chat : `${chat}?at=${seq}`;
    }
  }
}

export const place = signal<Place>(here());

function here(): Place {
  const { pathname, search } = (globalThis as { location?: Location }).location ?? {
    pathname: '/',
    search: '',
  };
  return placeOf(pathname, search);
}

/** From here on by the browser's history; resolves nothing, as what is shown follows the signal. */
export function go(to: Place, { replace = false } = {}): void {
  const path = pathOf(to);
  if (path !== location.pathname + location.search) {
    // How deep in the app: whether going back stays in it.
    const depth = ((history.state as { depth?: number } | null)?.depth ?? 0) + (replace ? 0 : 1);
    history[replace ? 'replaceState' : 'pushState']({ depth }, '', path);
  }
  place.value = to;
}

/** Where one came from, or where that was elsewhere, `otherwise`. */
export function back(otherwise: Place = { at: 'list' }): void {
  if (((history.state as { depth?: number } | null)?.depth ?? 0) > 0) history.back();
  else go(otherwise, { replace: true });
}

/** Follows the browser's own back and forward, and links of the app that are pressed. */
export function followHistory(): void {
  addEventListener('popstate', () => {
    place.value = here();
  });
  addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link || link.target !== '' || link.origin !== location.origin) return;
    if (link.pathname !== '/' && !/^\/(app|invite|u)\//.test(link.pathname)) return;
    event.preventDefault();
    go(placeOf(link.pathname, link.search));
  });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
