import type { Chat } from '../chat/chat.ts';

/** What every screen is given. */
export interface ScreenProps {
  chat: Chat;
  /** What follows its name in the path. */
  path: readonly string[];
  onBack(): void;
}
