import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { plainText } from '../message/label.ts';
import { nameOf } from '../names.ts';
import type { PaneState } from '../state.ts';

/** Says what arrives to those who do not see it. The list itself is silent: scrolling through it would read it all out. */
export function Arrivals({ state }: { state: PaneState }) {
  const [said, setSaid] = useState('');
  const entries = state.view.entries.value;
  const newest = entries.findLast((entry) => entry.seq !== null);
  const heard = useRef(newest?.seq ?? 0);
  useEffect(() => {
    if (newest === undefined || newest.seq === null || !state.view.atEnd.peek()) return;
    const isNew = heard.current > 0 && newest.seq > heard.current;
    heard.current = Math.max(heard.current, newest.seq);
    if (!isNew || newest.type !== 'message' || newest.sender === state.me) return;
    const text = plainText(newest, state.me).slice(0, 500);
    setSaid(t('messages.arrived', { name: nameOf(state.chat, newest.sender), text }));
  }, [newest]);
  return (
    <div class="heard" role="log" aria-live="polite" aria-label={t('messages.label')}>
      {said}
    </div>
  );
}
