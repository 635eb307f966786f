const MOST = 200;

/** A file’s name as it is shown and saved: no folders, nothing unseen, and nothing that turns the direction of text round (`gpj.exe`). */
export function safeName(name: string): string {
  const plain = name
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu, '')
    .replaceAll(/[/\\]/g, '_')
    .trim();
  if (plain === '' || /^\.+$/.test(plain)) return 'file';
  if (plain.length <= MOST) return plain;
  // What it ends with says what it is.
  const ending = /\.[^.]{1,16}$/.exec(plain)?.[0] ?? '';
  return `${plain.slice(0, MOST - ending.length).toWellFormed()}${ending}`;
}
