const MOST_PAIRS = 200_000;
const byFirst = new Map<string, Map<string, string>>();
let pairs = 0;

/**
 * Names two ids, in whatever order they are given: `smaller/larger`. The same pair always gets the same string object, so that looking things
 * up by it neither builds nor hashes a text again: this is on the path of every one-to-one message.
 */
export function pairName(a: string, b: string): string {
  const [first, second] = a < b ? [a, b] : [b, a];
  let bySecond = byFirst.get(first);
  let name = bySecond?.get(second);
  if (name !== undefined) return name;
  if (pairs >= MOST_PAIRS) {
    byFirst.clear();
    bySecond = undefined;
    pairs = 0;
  }
  name = `${first}/${second}`;
  pairs++;
  if (bySecond === undefined) byFirst.set(first, new Map([[second, name]]));
  else bySecond.set(second, name);
  return name;
}
