import { t } from '../../i18n/t.ts';
import { TextField } from '../../ui/index.ts';

/** Where a photo is: an address, of a person or a group. */
export function PhotoField({
  value,
  error,
  onInput,
}: {
  value: string;
  error: string | null;
  onInput(photo: string): void;
}) {
  return (
    <TextField
      name="photo"
      type="url"
      label={t('people.photo')}
      hint={t('people.photoHint')}
      value={value}
      verbatim
      maxLength={2048}
      autoComplete="off"
      error={error}
      onInput={onInput}
    />
  );
}
