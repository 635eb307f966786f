/**
 * Topic filters (MQTT 3.1.1 §4.7), level by level. Topics whose first level begins with `$` are nobody's business here: everything
 * stands below a prefix that does not.
 */

/** Is it a filter at all? `#` stands alone and last, `+` alone in its level [MQTT-4.7.1-2, MQTT-4.7.1-3]. */
export function isFilter(filter: string): boolean {
  if (filter === '' || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every((level, i) =>
    level === '#' ? i === levels.length - 1 : level === '+' || !/[#+]/.test(level),
  );
}

export function matches(filter: readonly string[], topic: readonly string[]): boolean {
  for (const [i, level] of filter.entries()) {
    // Also the parent level: `sport/#` matches `sport` [MQTT 3.1.1 §4.7.1.2].
    if (level === '#') return true;
    if (i >= topic.length || (level !== '+' && level !== topic[i])) return false;
  }
  return filter.length === topic.length;
}

/** Does `allowed` match every topic that `asked` matches? */
export function covers(allowed: readonly string[], asked: readonly string[]): boolean {
  for (const [i, level] of allowed.entries()) {
    if (level === '#') return true;
    const other = asked[i];
    // What ended, or goes on for ever, where `allowed` has exactly one level.
    if (other === undefined || other === '#') return false;
    if (level !== '+' && level !== other) return false;
  }
  return allowed.length === asked.length;
}
