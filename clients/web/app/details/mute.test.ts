import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALWAYS, mutedUntil, muteText, muteTimes } from './mute.ts';

const now = Date.UTC(2026, 2, 3, 12);

describe('muting', () => {
  it('lasts as long as one said, from now on', () => {
    assert.deepEqual(
      muteTimes.map((time) => mutedUntil(time, now)),
      [now + 3_600_000, now + 8 * 3_600_000, now + 7 * 86_400_000, ALWAYS],
    );
  });

  it('is told as it stands', () => {
    assert.equal(muteText(null, now), 'Off');
    assert.equal(muteText(now, now), 'Off');
    assert.equal(muteText(ALWAYS, now), 'Always');
    assert.match(muteText(now + 3_600_000, now), /^Until .*2026/);
  });
});
