/** How files begin that are shown or played: where, with what, and what they are. */
const BEGINNINGS: readonly [at: number, text: string, type: string][] = [
  [0, '\x89PNG\r\n\x1a\n', 'image/png'],
  [0, '\xff\xd8\xff', 'image/jpeg'],
  [0, 'GIF8', 'image/gif'],
  [8, 'WEBP', 'image/webp'],
  [4, 'ftypavif', 'image/avif'],
  [4, 'ftypM4A', 'audio/mp4'],
  [4, 'ftypqt', 'video/quicktime'],
  [4, 'ftyp', 'video/mp4'],
  [0, 'ID3', 'audio/mpeg'],
  [0, '\xff\xfb', 'audio/mpeg'],
  [0, 'OggS', 'audio/ogg'],
  [0, 'fLaC', 'audio/flac'],
  [8, 'WAVE', 'audio/wav'],
  [0, '%PDF-', 'application/pdf'],
];
/** Of sound and of video: which one, its maker says. */
const MATROSKA = '\x1a\x45\xdf\xa3';
const HEAD = 16;

/** What a file is by its bytes, where a server does not look: as it begins, or as its maker says. */
export async function typeOf(file: Blob): Promise<string> {
  let head = '';
  for (const byte of new Uint8Array(await file.slice(0, HEAD).arrayBuffer()))
    head += String.fromCharCode(byte);
  const found = BEGINNINGS.find(([at, text]) => head.startsWith(text, at))?.[2];
  const said = file.type.split(';')[0]!.trim().toLowerCase();
  if (found === undefined) return said === '' && head.startsWith(MATROSKA) ? 'video/webm' : said;
  // A container holds what its maker put there.
  const isContainer = /^(video\/mp4|audio\/ogg)$/.test(found) && /^(audio|video)\/(mp4|ogg)$/.test(said);
  return isContainer ? said : found;
}
