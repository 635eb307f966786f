import type { Content } from '../../protocol/content.ts';

export type Destination = { conversation: string } | { user: string };

/**
 * Port: what stands between what people write and what travels. Both ways may take their time, but not wait for the server: what
 * comes from there stands behind the event that is being decoded. What cannot be decoded is shown as unreadable, with the
 * fallback text that it has.
 */
export interface ContentCodec {
  /** What travels cannot be read by the server: files are encrypted too. */
  readonly seals?: boolean;
  encode(content: Content, to: Destination): Promise<Content>;
  /** Once for each content that comes, in the order of its conversation as far as it comes live. */
  decode(
    content: Content,
    of: { conversation: string; id: string; seq: number; sender: { user: string; device: string | null } },
  ): Promise<Content>;
}

export const plainCodec: ContentCodec = {
  encode: async (content) => content,
  decode: async (content) => content,
};
