import { useState } from 'preact/hooks';
import styles from './avatar.module.css';
import { hueOf, initialsOf, ownPhoto } from './avatar.ts';

export interface AvatarProps {
  /** Of the user or the conversation: its colour. */
  id: string;
  name: string;
  photo?: string | null;
  /** Pixels. */
  size?: number;
  /** A dot: somebody is there. */
  online?: boolean;
}

/** Says nothing to a screen reader: the name stands beside it. */
export function Avatar({ id, name, photo = null, size = 48, online = false }: AvatarProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const source = ownPhoto(photo, location.origin);
  const side = `${size}px`;
  return (
    <span
      class={styles.avatar}
      style={{ width: side, height: side, fontSize: `${Math.round(size * 0.38)}px`, '--hue': hueOf(id) }}
      aria-hidden="true"
    >
      {source === null || source === broken ? (
        <span class={styles.initials}>{initialsOf(name)}</span>
      ) : (
        <img src={source} alt="" loading="lazy" draggable={false} onError={() => setBroken(source)} />
      )}
      {online && <span class={styles.online} />}
    </span>
  );
}
