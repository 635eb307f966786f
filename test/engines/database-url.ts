/** Several hosts are none to the URL of the platform. */
const MONGODB_URL = /^(mongodb(?:\+srv)?:\/\/)([^@/]*@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/;

/** The same server and rights, another database. @throws {TypeError} it is no URL of MongoDB; it may have a password, so it is not said */
export function inDatabase(url: string, database: string): string {
  const [, scheme, who = '', hosts, first = '', query = ''] = MONGODB_URL.exec(url) ?? [];
  if (scheme === undefined) throw new TypeError('MONGODB_URL is no URL of MongoDB');
  const options = new URLSearchParams(query);
  // Otherwise who signs in is looked for in the database of the path.
  if (who !== '' && first !== '' && !options.has('authSource')) options.set('authSource', first);
  const more = options.size === 0 ? '' : `?${options}`;
  return `${scheme}${who}${hosts}/${database}${more}`;
}
