import type { Mark } from './mark.ts';

/** What the marks of the servers say about starting a live installation on them. */
export interface Verdict {
  /** Why it must not be started; null: it may. */
  refusal: string | null;
  /** What an operator should know. */
  warnings: string[];
}

/** @param marks by the name of the engine, of those that the configuration names; null: nothing was ever moved there */
export function judge(marks: Readonly<Record<string, Mark | null>>): Verdict {
  const moved = Object.entries(marks).flatMap(([name, mark]) => (mark === null ? [] : [{ name, mark }]));
  const moving = moved.filter(({ mark }) => mark.state === 'moving').map(({ name }) => name);
  if (moving.length > 0)
    return refused(
      `a migration to ${listed(moving)} was begun and did not come to its end. Run dunlin migrate again with the same settings ` +
        'until it says that both sides hold the same; or go on with the data folder as before, and empty these servers',
    );
  if (new Set(moved.map(({ mark }) => mark.installation)).size > 1)
    return refused(`different installations were moved to ${listed(moved.map(({ name }) => name))}`);
  const without = Object.keys(marks).filter((name) => marks[name] === null);
  if (moved.length === 0 || without.length === 0) return { refusal: null, warnings: [] };
  const [there, not] = [listed(moved.map(({ name }) => name)), listed(without)];
  return {
    refusal: null,
    warnings: [
      `an embedded installation was moved to ${there}, and not to ${not}: what it had of that is not here`,
    ],
  };
}

const refused = (refusal: string): Verdict => ({ refusal, warnings: [] });
const listed = (names: string[]) => names.map((name) => `engines.${name}`).join(', ');
