import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Account, AccountEmail, EmailChoices } from '../../../../sdk/index.ts';
import type { Chat } from '../../../chat/chat.ts';
import { toast } from '../../../ui/index.ts';
import { wordsFor } from '../../words-for.ts';

/** How often it is asked whether a link was opened, while somebody looks at a page that waits for it, milliseconds. */
const ASK_EVERY_MS = 5_000;

export interface OwnAccount {
  /** null: not known yet. */
  account: Account | null;
  /** Why it is not. */
  error: unknown;
  again(): void;
  /** What the server has answered to a change. */
  took(email: Partial<AccountEmail>): void;
  /** Shown as chosen at once, and as it was where the server refused. */
  choose(choices: EmailChoices): void;
}

/**
 * One's account, asked for with every connection, and when one comes back to the page. No event says that an address was verified, as the link is
 * opened in a mail program, often of another device.
 */
export function useAccount(chat: Chat): OwnAccount {
  const [account, setAccount] = useState<Account | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  /** Changes so far: an answer from before one is old. */
  const changes = useRef(0);
  const online = chat.status.value === 'online';
  const waits = account?.mail === true && account.pending !== null;
  const again = useCallback(() => setTurn((before) => before + 1), []);
  const took = useCallback((email: Partial<AccountEmail>) => {
    changes.current++;
    setAccount((before) => before && { ...before, ...email });
  }, []);

  useEffect(() => {
    let ended = false;
    const asked = changes.current;
    chat.account().then(
      (value) => {
        if (ended || asked !== changes.current) return;
        setAccount(value);
        setError(null);
      },
      (why: unknown) => {
        if (!ended) setError(why);
      },
    );
    return () => {
      ended = true;
    };
  }, [chat, online, turn]);

  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') again();
    };
    document.addEventListener('visibilitychange', look);
    const timer = waits ? setInterval(look, ASK_EVERY_MS) : undefined;
    return () => {
      document.removeEventListener('visibilitychange', look);
      clearInterval(timer);
    };
  }, [waits]);

  function choose(choices: EmailChoices): void {
    const before = account;
    took(choices);
    const mine = changes.current;
    chat.updateEmail(choices).then(
      (answer) => {
        // What was chosen since then is shown already.
        if (mine === changes.current) took(answer);
      },
      (why: unknown) => {
        toast(wordsFor(why), { kind: 'error' });
        if (before !== null && mine === changes.current) took(before);
        again();
      },
    );
  }

  return { account, error, again, took, choose };
}
