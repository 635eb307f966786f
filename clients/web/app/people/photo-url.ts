/** Whether a photo may have this address: of a web server, as the contract has it; nothing that runs, and nothing made of text. */
export function isPhotoUrl(text: string): boolean {
  if (/[\s\0]/.test(text) || text.length > 2048) return false;
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && /^https?:\/\//.test(text);
}
