import { RefusedError, StorageFullError } from '../../sdk/index.ts';
import type { Failure } from './contract.ts';

export function failureOf(error: unknown): Failure {
  if (error instanceof RefusedError) return { name: 'refused', refusal: error.refusal };
  if (error instanceof StorageFullError) return { name: 'full', message: error.message };
  return { name: 'error', message: error instanceof Error ? error.message : String(error) };
}
