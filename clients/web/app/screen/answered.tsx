import type { ComponentChildren } from 'preact';
import type { AnswerOf, QueryType } from '../../../sdk/index.ts';
import { t } from '../../i18n/t.ts';
import { Button, EmptyState, Spinner } from '../../ui/index.ts';
import { wordsFor } from '../words-for.ts';
import styles from './screen.module.css';
import type { Asked } from './use-answer.ts';

/** What there is to show of an answer; until then that one waits for it, or why there is none. */
export function Answered<T extends QueryType>(props: {
  of: Asked<T>;
  children(answer: AnswerOf<T>): ComponentChildren;
}) {
  const { answer, error, again } = props.of;
  if (answer !== null) return <>{props.children(answer)}</>;
  if (error === null)
    return (
      <div class={styles.waiting}>
        <Spinner label={t('shell.opening')} />
      </div>
    );
  return (
    <EmptyState icon="warning" title={wordsFor(error)}>
      <Button onClick={again}>{t('shell.retry')}</Button>
    </EmptyState>
  );
}
