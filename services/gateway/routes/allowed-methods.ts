import { routes } from '../../../protocol/http.ts';

const known = Object.values(routes).map(({ method, path }) => ({
  method,
  path: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** The methods that the path of this URL takes; none: there is no such path. */
export function allowedMethods(url: string): string[] {
  const path = url.split('?', 1)[0]!;
  const methods = known.filter((route) => route.path.test(path)).map(({ method }): string => method);
  if (methods.includes('GET')) methods.push('HEAD');
  return [...new Set(methods)];
}
