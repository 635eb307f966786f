/** Whether the directory answers. */
export interface DirectoryState {
  /** It did not when it was last asked. */
  isDown(): boolean;
  /** @throws {Refused} unavailable: it still does not */
  ask(): Promise<void>;
}
