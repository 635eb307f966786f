import { t } from '../../i18n/t.ts';
import { Avatar, TextField } from '../../ui/index.ts';
import { isPhotoUrl } from '../people/photo-url.ts';
import { PhotoField } from '../screen/photo-field.tsx';
import screen from '../screen/screen.module.css';

export interface GroupDraft {
  name: string;
  /** Address of a picture; '': none. */
  photo: string;
}

/** What is wrong with it, in words. */
export const wrongIn = ({ name, photo }: GroupDraft) => ({
  name: name.trim() === '' ? t('groups.fillName') : null,
  photo: photo.trim() === '' || isPhotoUrl(photo.trim()) ? null : t('people.badPhoto'),
});

/** What a group is called, and how it looks. `told`: say what is wrong. */
export function GroupFields(props: {
  id?: string;
  draft: GroupDraft;
  told: boolean;
  onChange(draft: GroupDraft): void;
}) {
  const { id = '', draft, told, onChange } = props;
  const wrong = wrongIn(draft);
  return (
    <div class={screen.padded}>
      <div class={screen.hero}>
        <Avatar id={id} name={draft.name} photo={draft.photo.trim() || null} size={72} />
      </div>
      <TextField
        name="name"
        label={t('groups.name')}
        value={draft.name}
        dir="auto"
        maxLength={100}
        error={told ? wrong.name : null}
        onInput={(name) => onChange({ ...draft, name })}
      />
      <PhotoField
        value={draft.photo}
        error={told ? (wrong.photo ?? null) : null}
        onInput={(photo) => onChange({ ...draft, photo })}
      />
    </div>
  );
}
