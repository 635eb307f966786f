import type { ComponentType } from 'preact';
import type { Chat } from '../chat/chat.ts';

export interface ScreenProps {
  chat: Chat;
  /** What follows its name in the path. */
  path: readonly string[];
  onBack(): void;
}

/** Screens beside the conversation, by their name in the path: `/app/{name}/…`. Each is loaded when it is first opened. */
export const screens: Readonly<Record<string, () => Promise<{ default: ComponentType<ScreenProps> }>>> = {};
