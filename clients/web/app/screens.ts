import type { ComponentType } from 'preact';
import type { Chat } from '../chat/chat.ts';

export interface ScreenProps {
  chat: Chat;
  /** What follows its name in the path. */
  path: readonly string[];
  onBack(): void;
}

/** Screens beside the conversation, by their name in the path: `/app/{name}/…`. Each is loaded when it is first opened. */
export const screens: Readonly<Record<string, () => Promise<{ default: ComponentType<ScreenProps> }>>> = {
  new: () => import('./people/screen.tsx'),
  user: () => import('./people/user-link.tsx'),
  details: () => import('./details/screen.tsx'),
  settings: () => import('./settings/screen.tsx'),
};
