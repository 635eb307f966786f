import { useEffect } from 'preact/hooks';
import type { Door } from '../chat/door.ts';
import { t } from '../i18n/t.ts';
import { Button, EmptyState, Spinner, Toasts, toast } from '../ui/index.ts';
import styles from './app.module.css';
import { Boundary } from './boundary.tsx';
import { go, place } from './router.ts';
import { Shell } from './shell/shell.tsx';
import { SignIn } from './sign-in/sign-in.tsx';

/** What is shown, by whether somebody is signed in. */
export function App({ door }: { door: Door }) {
  const state = door.state.value;
  const superseded = door.superseded.value;
  const full = door.full.value;

  useEffect(() => {
    if (state.at === 'out' && state.by === 'server') toast(t('shell.signedOut'));
    // An invitation is for who is not in yet; the rest of the path is for who is.
    if (state.at === 'in' && place.peek().at === 'invite') go({ at: 'list' }, { replace: true });
    if (state.at === 'out' && state.by !== null) {
      go({ at: 'list' }, { replace: true });
      void import('./notifications/push.ts').then(({ letGo }) => letGo()).catch(() => {});
    }
  }, [state]);
  useEffect(() => {
    if (superseded === null) return;
    const here = () => location.reload();
    // It would take the connection back from where somebody looks.
    if (superseded === 'tab')
      toast(t('shell.elsewhere'), { action: { label: t('shell.useHere'), onChoose: here } });
    // Nobody looks: nobody is disturbed.
    else if (document.visibilityState === 'hidden') here();
    else toast(t('shell.superseded'), { action: { label: t('shell.reload'), onChoose: here } });
  }, [superseded]);
  useEffect(() => {
    if (full) toast(t('shell.notKept'), { kind: 'error' });
  }, [full]);

  return (
    <Boundary>
      {state.at === 'opening' && (
        <div class={styles.middle}>
          <Spinner size={32} label={t('shell.opening')} />
        </div>
      )}
      {state.at === 'broken' && (
        <main class={styles.middle}>
          <EmptyState icon="warning" title={t('shell.cannotOpen')} text={t('shell.cannotOpenText')}>
            <Button kind="primary" onClick={door.tryAgain}>
              {t('shell.retry')}
            </Button>
          </EmptyState>
        </main>
      )}
      {state.at === 'out' && <SignIn door={door} />}
      {state.at === 'in' && <Shell key={state.chat.me.device} chat={state.chat} />}
      <Toasts />
    </Boundary>
  );
}
