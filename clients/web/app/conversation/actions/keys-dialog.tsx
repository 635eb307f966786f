import { t } from '../../../i18n/t.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import styles from './actions.module.css';

const command = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';

/** What can be done by keyboard. */
export function KeysDialog({ onClose }: { onClose(): void }) {
  const groups = [
    [
      t('keys.writing'),
      [
        [t('keys.send'), ['Enter']],
        [t('keys.newline'), ['Shift', 'Enter']],
        [t('keys.editLast'), ['↑']],
        [t('keys.toMessages'), [command, '↑']],
        [t('keys.cancel'), ['Esc']],
        [t('keys.find'), [command, 'F']],
        [t('keys.help'), ['?']],
      ],
    ],
    [
      t('keys.messages'),
      [
        [t('keys.move'), ['↑', '↓']],
        [t('keys.ends'), ['Home', 'End']],
        [t('keys.actions'), ['Enter']],
        [t('act.reply'), ['R']],
        [t('act.react'), ['T']],
        [t('act.edit'), ['E']],
        [t('act.forward'), ['F']],
        [t('act.copy'), ['C']],
        [t('act.select'), ['X']],
        [t('act.info'), ['I']],
        [t('act.delete'), ['Del']],
      ],
    ],
  ] as const;
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      {groups.map(([title, keys]) => (
        <section key={title}>
          <h3 class={styles.heading}>{title}</h3>
          <dl class={styles.keys}>
            {keys.map(([what, pressed]) => (
              <div key={what}>
                <dt>{what}</dt>
                <dd dir="ltr">
                  {pressed.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
