export type {
  Audience,
  ChangeType,
  CommandOf,
  CommandType,
  QueryType,
  Role,
} from '../../protocol/commands.ts';
export type { Content } from '../../protocol/content.ts';
export type { ErrorCode, Refusal } from '../../protocol/errors.ts';
export type {
  AnyEvent,
  ConversationEventType,
  EventOf,
  EventType,
  PresencePayload,
  Receipt,
  TypingPayload,
} from '../../protocol/events.ts';
export type { Account, AccountEmail, EmailChoices } from '../../protocol/http/mail.ts';
export type { MediaAnswer, MediaQuota, MediaWithUrls } from '../../protocol/http/media.ts';
export { MAX_CONTENT_BYTES } from '../../protocol/limits.ts';
export type { MediaContent, MediaSeal } from '../../protocol/media.ts';
export { parseTopic, type Topic, topics } from '../../protocol/topics.ts';
export type { AnswerOf, Answers, ConversationEvent, ListedConversation, Page } from './answers.ts';
export { type ClientOptions, DunlinClient } from './client.ts';
export type { ClientEvents, Status } from './client-events.ts';
export { type ContentCodec, type Destination, plainCodec } from './codec.ts';
export { commandsOf } from './commands.ts';
export type { Fields, Sent } from './exchange.ts';
export { type Lock, noLock, webLock } from './lock.ts';
export { type FileDescription, type FileFields, kindOf } from './media/description.ts';
export { type FileKeep, MemoryFiles } from './media/files.ts';
export { contentOf, Media, type MediaPlaces, type ShareOptions, type UploadOptions } from './media/media.ts';
export type { MakePreview, Preview } from './media/preview.ts';
export { mimeOf, plainBlob, plainStream, type Variant } from './media/reading.ts';
export { safeName } from './media/safe-name.ts';
export { DamagedError } from './media/sealed/opening.ts';
export { isReadable, sealOf, sizeOf } from './media/sealed/seal.ts';
export type { UploadSource } from './media/tus.ts';
export type { PushTarget } from './push-target.ts';
export { RefusedError, type Session, Sessions } from './session.ts';
export { MemoryStorage, type Slice, type Storage, StorageFullError } from './storage.ts';
export * from './store/index.ts';
export type { Transport, TransportListener } from './transport.ts';
