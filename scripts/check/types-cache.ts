import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What nodemend's own checks keep for this user, outside of any checkout. */
export function userCache(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nodemend');
}

/**
 * Where the compiler keeps what it knows of a checkout, outside of it. It compares every file by its content, so a stale
 * one costs time and no more; each checkout has its own, so that two of them do not write over each other's.
 */
export function typesCache(
  root: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const checkout = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return join(userCache(environment), 'types', `${checkout}.tsbuildinfo`);
}
