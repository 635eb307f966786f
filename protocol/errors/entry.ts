/** `status` is the HTTP status, `retry` says whether the same request may succeed later unchanged, `next` is what the caller should do. */
export interface ErrorEntry {
  readonly status: number;
  readonly retry: boolean;
  readonly message: string;
  readonly next: string;
}

export type ErrorTable = Record<string, ErrorEntry>;
