import type { Mentioned } from '../text/format.ts';

/** Most mentions of one message, as the protocol has it. */
const MOST = 100;

/** What is being completed: where its `@` stands, and what follows it. */
export interface MentionQuery {
  at: number;
  query: string;
}

/** What stands between an `@` and the caret; null: nothing to complete. */
export function mentionAt(text: string, caret: number): MentionQuery | null {
  const before = text.slice(Math.max(0, caret - 60), caret);
  const found = /(?:^|[\s(["'“«])@([^\s@]*(?: [^\s@]*)?)$/u.exec(before);
  return found === null ? null : { at: caret - found[1]!.length - 1, query: found[1]! };
}

/** Who fits, best first: those whose name begins with it, then those who have it anywhere. */
export function matching<T extends { name: string; username: string }>(
  people: readonly T[],
  query: string,
  most: number,
): T[] {
  const wanted = fold(query);
  const rank = ({ name, username }: T) => {
    const folded = fold(name);
    if (folded.startsWith(wanted)) return 0;
    if (folded.split(/\s+/u).some((word) => word.startsWith(wanted))) return 1;
    if (fold(username).startsWith(wanted)) return 2;
    return folded.includes(wanted) ? 3 : 4;
  };
  return people
    .map((person) => ({ person, place: rank(person) }))
    .filter(({ place }) => place < 4)
    .sort((a, b) => a.place - b.place || a.person.name.localeCompare(b.person.name))
    .slice(0, most)
    .map(({ person }) => person);
}

/** The text with the mention in it, and where the caret goes. */
export function insertMention(
  text: string,
  { at, query }: MentionQuery,
  name: string,
): { text: string; caret: number } {
  const rest = text.slice(at + 1 + query.length);
  const written = `@${name}${/^\s/u.test(rest) ? '' : ' '}`;
  return {
    text: text.slice(0, at) + written + rest,
    caret: at + written.length + (/^\s/u.test(rest) ? 1 : 0),
  };
}

/** Ids of those chosen whose name still stands in the text. */
export function mentionsOf(text: string, chosen: readonly Mentioned[]): string[] {
  const users = chosen.filter(({ name }) => text.includes(`@${name}`)).map(({ user }) => user);
  return [...new Set(users)].slice(0, MOST);
}

/** As letters are compared: without case and accents. */
const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
