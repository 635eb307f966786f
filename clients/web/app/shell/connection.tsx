import { useEffect, useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Icon, Spinner } from '../../ui/index.ts';
import styles from './connection.module.css';

/** A connection that is back at once is not worth a word, milliseconds. */
const PATIENCE_MS = 1_500;

/** Says when there is no connection, and that it goes on all the same. */
export function Connection({ chat }: { chat: Chat }) {
  const status = chat.status.value;
  const [late, setLate] = useState(false);
  const [network, setNetwork] = useState(navigator.onLine);
  useEffect(() => {
    setLate(false);
    if (status === 'online') return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [status === 'online']);
  useEffect(() => {
    const changed = () => setNetwork(navigator.onLine);
    addEventListener('online', changed);
    addEventListener('offline', changed);
    return () => {
      removeEventListener('online', changed);
      removeEventListener('offline', changed);
    };
  }, []);
  return (
    <div role="status">
      {status !== 'online' && late && (
        <p class={styles.bar}>
          {network ? <Spinner size={16} /> : <Icon name="offline" size={18} />}
          {t(network ? 'shell.connecting' : 'shell.offline')}
        </p>
      )}
    </div>
  );
}
