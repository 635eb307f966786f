import { readFileSync } from 'node:fs';

/** The key of a service account of Google's, as its console gives it. */
export interface ServiceAccount {
  projectId: string;
  clientEmail: string;
  /** PKCS #8, PEM. */
  privateKey: string;
  privateKeyId: string;
  /** Where tokens are asked for. */
  tokenUri: string;
}

const TOKEN_URI = 'https://oauth2.googleapis.com/token';

/** @throws {Error} it cannot be read, or is no such file; without what is in it */
export function readServiceAccount(file: string): ServiceAccount {
  const content = contentOf(file);
  const field = (name: string, otherwise?: string): string => {
    const value = content[name] ?? otherwise;
    if (typeof value !== 'string') throw new Error(`fcm.serviceAccountFile: ${file} has no ${name}`);
    return value;
  };
  const projectId = field('project_id');
  if (!/^[a-z0-9:.-]{1,100}$/.test(projectId))
    throw new Error(`fcm.serviceAccountFile: the project_id of ${file} is none`);
  return {
    projectId,
    clientEmail: field('client_email'),
    privateKey: field('private_key'),
    privateKeyId: field('private_key_id', ''),
    tokenUri: field('token_uri', TOKEN_URI),
  };
}

function contentOf(file: string): Record<string, unknown> {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // The parser's own message quotes the text.
    throw new Error(`fcm.serviceAccountFile: ${file} is no JSON`);
  }
}
