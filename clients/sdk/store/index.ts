export type { Conversation, Cursor } from './conversations.ts';
export type {
  Entry,
  Message,
  Notice,
  NoticeType,
  Reaction,
  SendState,
  StoredEntry,
  StoredMessage,
} from './entries.ts';
export type { MediaOptions, SendOptions } from './pending.ts';
export { ChatStore, type StoreOptions } from './store.ts';
export type { StoreEvents } from './store-events.ts';
export type { UploadProgress } from './upload.ts';
export type { Uploading } from './uploading.ts';
export type {
  ConversationWindow,
  WindowChange,
  WindowEvents,
  WindowOptions,
} from './window.ts';
