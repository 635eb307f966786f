import { useRef, useState } from 'preact/hooks';
import type { AnswerOf, AnyEvent } from '../../../../sdk/index.ts';
import type { Chat } from '../../../chat/chat.ts';
import { fullTime } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/t.ts';
import { Button, Dialog, Icon, IconButton, TextField } from '../../../ui/index.ts';
import { ActionRow, Answered, attempt, Section, Sure, useAnswer } from '../../screen/index.ts';
import screen from '../../screen/screen.module.css';
import { SettingsPage } from '../settings-page.tsx';

type Device = AnswerOf<'devices.list'>['devices'][number];
const changed = ({ type }: AnyEvent) => type.startsWith('device.');
const nameOf = ({ name }: Device) => name ?? t('settings.device');

/** Where one is signed in, and the way out of each. */
export function Devices({ chat }: { chat: Chat }) {
  const asked = useAnswer(chat, 'devices.list', {}, changed);
  return (
    <SettingsPage title={t('settings.devices')}>
      <Answered of={asked}>{({ devices }) => <DeviceList chat={chat} devices={devices} />}</Answered>
    </SettingsPage>
  );
}

function DeviceList({ chat, devices }: { chat: Chat; devices: readonly Device[] }) {
  const [renaming, setRenaming] = useState<Device | null>(null);
  const [ending, setEnding] = useState<readonly Device[] | null>(null);
  const here = devices.filter(({ current }) => current);
  const others = devices
    .filter(({ current }) => !current)
    .sort((a, b) => (b.last_seen ?? b.created) - (a.last_seen ?? a.created));
  const row = (device: Device) => (
    <div key={device.device} class={screen.personRow} role="listitem">
      <span class={screen.row}>
        <span class={screen.rowIcon}>
          <Icon name="device" size={20} />
        </span>
        <span class={screen.rowWords}>
          <span class={screen.name}>
            <bdi>{nameOf(device)}</bdi>
          </span>
          <span class={screen.detail}>
            {device.current
              ? t('settings.thisDevice')
              : device.last_seen === null
                ? t('settings.neverSeen')
                : t('settings.lastSeen', { time: fullTime(device.last_seen) })}
          </span>
          <span class={screen.detail}>{t('settings.since', { time: fullTime(device.created) })}</span>
        </span>
      </span>
      <IconButton
        icon="edit"
        label={t('settings.renameDevice', { name: nameOf(device) })}
        onClick={() => setRenaming(device)}
      />
      {!device.current && (
        <IconButton
          icon="exit"
          label={t('settings.endDevice', { name: nameOf(device) })}
          onClick={() => setEnding([device])}
        />
      )}
    </div>
  );
  return (
    <>
      <Section title={t('settings.here')}>
        <div role="list">{here.map(row)}</div>
      </Section>
      {others.length > 0 && (
        <Section title={t('settings.elsewhere')} note={t('settings.devicesNote')}>
          <div role="list">{others.map(row)}</div>
          <ActionRow icon="exit" danger label={t('settings.endOthers')} onClick={() => setEnding(others)} />
        </Section>
      )}
      {others.length === 0 && <p class={screen.note}>{t('settings.onlyHere')}</p>}
      {renaming !== null && <Rename chat={chat} device={renaming} onClose={() => setRenaming(null)} />}
      {ending !== null && (
        <Sure
          title={
            ending.length === 1
              ? t('settings.endTitle', { name: nameOf(ending[0]!) })
              : t('settings.endOthersTitle', { count: ending.length })
          }
          text={t('settings.endText')}
          action={t('menu.signOut')}
          onClose={() => setEnding(null)}
          onSure={async () => {
            const done = await Promise.all(
              ending.map(({ device }) => attempt(chat, chat.change('device.revoke', { device }))),
            );
            return done.every(Boolean);
          }}
        />
      )}
    </>
  );
}

function Rename({ chat, device, onClose }: { chat: Chat; device: Device; onClose(): void }) {
  const [name, setName] = useState(device.name ?? '');
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const wanted = name.trim();
  async function save(event: Event): Promise<void> {
    event.preventDefault();
    if (wanted === '') return;
    setBusy(true);
    const done = await attempt(chat, chat.change('device.rename', { device: device.device, name: wanted }));
    setBusy(false);
    if (done) onClose();
  }
  return (
    <Dialog
      title={t('settings.renameTitle')}
      onClose={onClose}
      actions={
        <Button
          kind="primary"
          busy={busy}
          disabled={wanted === ''}
          onClick={() => form.current?.requestSubmit()}
        >
          {t('people.save')}
        </Button>
      }
    >
      <form ref={form} onSubmit={save} noValidate>
        <TextField
          label={t('people.name')}
          value={name}
          dir="auto"
          maxLength={100}
          autoFocus
          onInput={setName}
        />
      </form>
    </Dialog>
  );
}
