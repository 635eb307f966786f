export { type ClientEvents, DunlinClient, type Sent, type Status } from './client.ts';
export { RefusedError, type Session, Sessions } from './session.ts';
export { MemoryStorage, type Storage } from './storage.ts';
