import { useEffect } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { choices } from '../choices.ts';

/** Tells of what arrives, where somebody has said that they want that; loaded only then. */
export function useTelling(chat: Chat): void {
  const { notify, sound } = choices.value;
  const wanted = notify || sound;
  useEffect(() => {
    if (!wanted) return;
    let ended = false;
    let end = () => {};
    import('../settings/in-page/tell.ts').then(
      ({ tellOfArrivals }) => {
        if (!ended) end = tellOfArrivals(chat);
      },
      () => {}, // the list tells
    );
    return () => {
      ended = true;
      end();
    };
  }, [chat, wanted]);
}
