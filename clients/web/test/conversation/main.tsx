import { signal } from '@preact/signals';
import { render } from 'preact';
import '../../ui/tokens.css';
import '../../ui/base.css';
import { ConversationPane } from '../../app/conversation/pane.tsx';
import type { Where } from '../../chat/chat.ts';
import * as fakes from '../../chat/fixtures/fake-chat.ts';
import { announce, speak } from '../../i18n/language.ts';
import { Toasts } from '../../ui/toasts.tsx';

/** The conversation alone, on a chat without a host: a test sets what is there, and opens it. */
const chat = new fakes.FakeChat();
const where = signal<Where | null>(null);
const opened: Where[] = [];

function Page() {
  return (
    <>
      {where.value !== null && (
        <main style={{ blockSize: '100%' }}>
          <ConversationPane
            chat={chat}
            where={where.value}
            onBack={() => (where.value = null)}
            onOpen={(next) => opened.push(next)}
            onDetails={() => {}}
          />
        </main>
      )}
      <Toasts />
    </>
  );
}

Object.assign(globalThis, {
  given: globalThis,
  fakes,
  chat,
  opened,
  speak,
  open: (next: Where | null) => (where.value = next),
});
announce(document.documentElement);
render(<Page />, document.getElementById('app')!);
