import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { Refused } from '../../../protocol/errors.ts';
import { MAX_THUMBNAIL_BYTES } from '../../../protocol/media.ts';
import { discard } from '../../media/examining.ts';
import type { Arrived } from '../../media/incoming.ts';
import type { MediaService } from '../../media/index.ts';
import type { Media } from '../../media/store.ts';

const limits = { fieldNameSize: 64, fieldSize: 4_096, fields: 12, files: 2, parts: 14, headerPairs: 20 };

/** What a form has brought so far. */
interface Form {
  file: Arrived | null;
  thumbnail: Arrived | null;
  text: Record<string, string>;
  /** Of the file, as the form has it. */
  name: string | null;
}

/**
 * The file of a form, with the fields that come before or after it.
 * @throws {Refused} bad_request, too_large, and what `Intake.take` refuses with
 */
export async function readForm(media: MediaService, request: FastifyRequest, user: string): Promise<Media> {
  if (!request.isMultipart()) throw new Refused('bad_request', 'content-type: must be multipart/form-data');
  // The form is a little longer than the file: then it is not refused before it has come.
  await media.intake.room(user, Math.max(0, Number(request.headers['content-length'] ?? 0) - 16_384));
  const form: Form = { file: null, thumbnail: null, text: {}, name: null };
  const arrived = () => [form.file?.path ?? null, form.thumbnail?.path ?? null];
  try {
    const fileSize = media.settings.maxBytes + 1;
    for await (const part of request.parts({ limits: { ...limits, fileSize } }))
      await readPart(media, form, part);
    if (form.file === null) throw new Refused('bad_request', '/file: is missing');
    // The name in a field of its own goes before that of the file.
    const fields = media.fieldsOf({ ...form.text, filename: form.name });
    if (fields.thumbnail_bytes !== undefined)
      throw new Refused(
        'bad_request',
        '/thumbnail_bytes: of a resumable upload; a form has a part thumbnail',
      );
    return await media.intake.take(user, form.file, fields, form.thumbnail ?? undefined);
  } catch (error) {
    await discard(...arrived());
    throw refusalOf(error);
  }
}

async function readPart(media: MediaService, form: Form, part: Multipart): Promise<void> {
  const { fieldname } = part;
  if (part.type === 'field') {
    if (part.valueTruncated || part.fieldnameTruncated || typeof part.value !== 'string')
      throw new Refused('bad_request', `/${fieldname.slice(0, 64)}: is too long`);
    if (Object.hasOwn(form.text, fieldname))
      throw new Refused('bad_request', `/${fieldname.slice(0, 64)}: is there twice`);
    form.text[fieldname] = part.value;
    return;
  }
  if (fieldname === 'file' && form.file === null) {
    form.file = await media.receive(part.file);
    form.name = part.filename ?? null;
  } else if (fieldname === 'thumbnail' && form.thumbnail === null) {
    form.thumbnail = await media.receive(part.file, MAX_THUMBNAIL_BYTES);
  } else {
    part.file.resume();
    throw new Refused('bad_request', `/${fieldname.slice(0, 64)}: there is no such file`);
  }
}

/** A form that cannot be read is the sender’s mistake, or its end. */
function refusalOf(error: unknown): unknown {
  if (error instanceof Refused) return error;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && /^FST_/.test(code))
    return new Refused('bad_request', 'not a form that we read');
  if (/multipart|form|boundary|header/i.test((error as Error).message))
    return new Refused('bad_request', 'not a form that we read');
  return error;
}
