import { useEffect } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';

/** Notifications of the service worker, loaded after what is to be seen. */
export function useNotifications(chat: Chat): void {
  useEffect(() => {
    let ended = false;
    let end = () => {};
    import('./begin.ts').then(
      ({ beginNotifications }) => {
        if (!ended) end = beginNotifications(chat);
      },
      () => {}, // the next page does
    );
    return () => {
      ended = true;
      end();
    };
  }, [chat]);
}
