import { Compile, type Validator } from 'typebox/compile';
import { Refused } from '../../protocol/errors.ts';
import { UploadFields } from '../../protocol/http/media.ts';
import { firstProblem } from '../../protocol/parse.ts';

const validator = Compile(UploadFields) as unknown as Validator;
const MOST_NAME = 255;

/** Names that clients of tus give as a matter of course; that of the file is one of ours, the others say nothing that we believe. */
const elsewhere: Readonly<Record<string, string | null>> = {
  filename: 'name',
  filetype: null,
  type: null,
  relativePath: null,
};

/** What an upload says beside its bytes, from text. @throws {Refused} bad_request */
export function uploadFields(text: Readonly<Record<string, string | null>>): UploadFields {
  const fields: Record<string, unknown> = {};
  for (const [given, value] of Object.entries(text)) {
    const name = Object.hasOwn(elsewhere, given) ? elsewhere[given]! : given;
    if (name === null || value === null || value === '' || Object.hasOwn(fields, name)) continue;
    if (!Object.hasOwn(UploadFields.properties, name))
      throw new Refused('bad_request', `/${name}: there is no such field`.slice(0, 200));
    const read = readValue(name, value);
    if (read !== undefined) fields[name] = read;
  }
  if (!validator.Check(fields)) throw new Refused('bad_request', firstProblem(validator, fields));
  const read = fields as UploadFields;
  if (read.thumbnail_bytes !== undefined && read.encrypted !== true)
    throw new Refused('bad_request', '/thumbnail_bytes: only of an encrypted file');
  return read;
}

/** What is none stays text, for the validation to say so. */
function readValue(name: string, value: string): unknown {
  switch (name) {
    case 'name':
      return fileName(value);
    case 'duration_ms':
    case 'thumbnail_bytes':
      return /^\d{1,9}$/.test(value) ? Number(value) : value;
    case 'encrypted':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'waveform':
      return /^[\d\s,[\]]{1,1024}$/.test(value) ? (value.match(/\d{1,4}/g) ?? []).map(Number) : value;
    default:
      return value;
  }
}

/** Without folders and without what cannot be seen; undefined: nothing is left. */
function fileName(value: string): string | undefined {
  const plain = value
    .toWellFormed()
    .replace(/^.*[/\\]/, '')
    // Controls, and what turns the direction of text round: a name is to read as what it is.
    .replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
  return plain === '' ? undefined : plain.slice(0, MOST_NAME).toWellFormed();
}
