/** Files that this page has sent: shown from here, also when they are on the server. */
const MOST = 60;
const urls = new Map<string, string>();

/** @param key of the message */
export function keepLocal(key: string, file: Blob): string {
  const url = URL.createObjectURL(file);
  urls.set(key, url);
  for (const [oldest, old] of urls) {
    if (urls.size <= MOST) break;
    urls.delete(oldest);
    URL.revokeObjectURL(old);
  }
  return url;
}

export const localUrl = (key: string): string | null => urls.get(key) ?? null;
