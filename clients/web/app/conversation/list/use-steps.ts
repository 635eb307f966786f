import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Row } from './rows.ts';
import { type Step, stepsBetween } from './steps.ts';

export interface Shown {
  step: Step<Row>;
  /** Another number: a list of its own, which has no place to keep. */
  epoch: number;
}

/** The rows as the virtual list is to be told of them, one step at a drawing. */
export function useSteps(rows: readonly Row[]): Shown {
  const [shown, setShown] = useState<Shown>({ step: { rows, shift: false, fresh: true }, epoch: 0 });
  const waiting = useRef<Step<Row>[]>([]);
  const take = (step: Step<Row> | undefined) => {
    if (step !== undefined) setShown(({ epoch }) => ({ step, epoch: step.fresh ? epoch + 1 : epoch }));
  };
  useLayoutEffect(() => {
    if (rows === shown.step.rows) return;
    waiting.current = stepsBetween(shown.step.rows, rows);
    take(waiting.current.shift());
  }, [rows]);
  useLayoutEffect(() => take(waiting.current.shift()), [shown]);
  return shown;
}
