/** What is shown of an encrypted file before it is fetched, made by who sends it: no server can. */
export interface Preview {
  /** A small picture of it, WebP or JPEG, at most 256 KiB. */
  thumbnail?: Blob;
  blurhash?: string;
  width?: number;
  height?: number;
  durationMs?: number;
}

/** Port: makes it where there is something that draws. null: it is nothing that can be drawn. */
export type MakePreview = (file: Blob) => Promise<Preview | null>;
