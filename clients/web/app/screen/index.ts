/** What the screens beside the conversation are made of. */

export { Answered } from './answered.tsx';
export { attempt } from './attempt.ts';
export { Choices, type ChoicesProps } from './choices.tsx';
export { copied } from './copied.ts';
export { ScreenFrame } from './frame.tsx';
export { PersonRow, PickRow } from './person-row.tsx';
export { presenceText } from './presence-text.ts';
export { ActionRow, LinkRow, type RowProps } from './rows.tsx';
export { SearchField } from './search-field.tsx';
export { Section } from './section.tsx';
export { Sure } from './sure.tsx';
export { type Asked, useAnswer } from './use-answer.ts';
