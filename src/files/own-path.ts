import { chmodSync, mkdirSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NodemendError } from '../errors/nodemend-error.ts';
import { ownTrustees, trustOf } from './folder-trust.ts';

export interface OwnPath {
  /** Where it really is. */
  readonly path: string;
  /** Of what stands there; undefined where nothing does. */
  readonly stats: Stats | undefined;
}

/**
 * A path whose target only this user and root decide; links of theirs are followed. @throws
 * NodemendError PATH_UNSAFE; the system's error where it cannot be looked at
 */
export function ownPath(path: string): OwnPath {
  const trust = trustOf(path, ownTrustees());
  if (trust.state === 'trusted') return trust;
  const { why, folder, uid } = trust;
  throw new NodemendError('PATH_UNSAFE', { context: why, path, folder, uid });
}

/** A file to be put into place: its folder must be ours, what stands under its name is not followed. */
export function ownTarget(path: string): string {
  return join(ownPath(dirname(path)).path, basename(path));
}

/**
 * Makes a folder that only this user may enter, with those above it that are not there yet. Each is made in one that is
 * ours already. @throws NodemendError PATH_UNSAFE; the system's error
 */
export function makeOwnFolder(path: string): string {
  const there = ownPath(path);
  if (there.stats) {
    if ((there.stats.mode & 0o077) !== 0 && there.stats.uid === process.geteuid?.()) chmodSync(there.path, 0o700);
    return there.path;
  }
  const parent = dirname(path);
  const made = join(ownPath(parent).stats ? ownPath(parent).path : makeOwnFolder(parent), basename(path));
  try {
    mkdirSync(made, { mode: 0o700 });
  } catch (error) {
    // Another process of ours was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return ownPath(made).path;
}
