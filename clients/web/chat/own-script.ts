/** Trusted Types, where the browser has them: the one place that makes a script of a URL, and only of our own. */
interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

function checked(url: string): string {
  const { origin, pathname } = new URL(url, location.origin);
  if (origin !== location.origin || !/^\/(assets\/[\w.-]+|sw)\.js$/.test(pathname))
    throw new TypeError(`not a script of ours: ${pathname}`);
  return url;
}

const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
const policy = policies?.createPolicy('dunlin', { createScriptURL: checked });

/** What a worker may be made of. @throws {TypeError} it is not ours */
export const ownScript = (url: string): string =>
  policy === undefined ? checked(url) : policy.createScriptURL(url);
