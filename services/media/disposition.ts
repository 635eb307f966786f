import { isInline } from './types.ts';

/** `Content-Disposition` (RFC 6266): shown in place only where a browser shows it and runs nothing. */
export function dispositionOf({ mime, name }: { mime: string; name: string | null }): string {
  const how = isInline(mime) ? 'inline' : 'attachment';
  if (name === null) return how;
  // No part of a path, and nothing that means something in a header.
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\/%;]/g, '_');
  // RFC 8187 §3.2.1
  const extended = encodeURIComponent(name.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${how}; filename="${plain}"; filename*=UTF-8''${extended}`;
}
