import { useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { fullTime } from '../../i18n/dates.ts';
import { t } from '../../i18n/t.ts';
import { Button, EmptyState, Switch, toast } from '../../ui/index.ts';
import { ScreenFrame, Section } from '../screen/index.ts';
import screen from '../screen/screen.module.css';
import { wordsFor } from '../words-for.ts';
import { LinkCard } from './link-card.tsx';

/** An administrator asks somebody to come to the server. */
export function Invitation({ chat }: { chat: Chat }) {
  const [admin, setAdmin] = useState(false);
  const [made, setMade] = useState<{ code: string; expires: number } | null>(null);
  const [busy, setBusy] = useState(false);
  async function make(): Promise<void> {
    setBusy(true);
    try {
      setMade(await chat.invite(admin));
    } catch (error) {
      toast(wordsFor(error), { kind: 'error' });
    } finally {
      setBusy(false);
    }
  }
  return (
    <ScreenFrame title={t('people.invite')} parent={{ at: 'screen', name: 'new', path: [] }}>
      {chat.me.admin !== true ? (
        <EmptyState icon="lock" title={t('invite.denied')} text={t('invite.deniedText')} />
      ) : made === null ? (
        <>
          <p class={screen.about}>{t('invite.text')}</p>
          <Section>
            <div class={screen.padded}>
              <Switch
                label={t('invite.admin')}
                hint={t('invite.adminHint')}
                checked={admin}
                onChange={setAdmin}
              />
              <Button kind="primary" icon="link" wide busy={busy} onClick={make}>
                {t('invite.make')}
              </Button>
            </div>
          </Section>
        </>
      ) : (
        <>
          <Section note={t('invite.expires', { time: fullTime(made.expires) })}>
            <LinkCard
              link={`${location.origin}/invite/${encodeURIComponent(made.code)}`}
              about={t('invite.code')}
            />
          </Section>
          <Button icon="plus" onClick={() => setMade(null)}>
            {t('invite.another')}
          </Button>
        </>
      )}
    </ScreenFrame>
  );
}
