import { z } from 'zod';
import { actionBase, checkReferences } from '../action-base-schema.ts';
import { printable } from '../../text/printable.ts';

/**
 * Absolute, already plain (no `.`, `..`, `//`, trailing slash), and one line: it is a script's argument and a record's
 * field.
 */
export const plainPath = z.string().max(4096).refine(isPlainPath, 'not a plain absolute path');

const identity = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
  mode: z.string().regex(/^[0-7]{4}$/u),
  uid: z.int().nonnegative(),
  gid: z.int().nonnegative(),
});

const base = {
  kind: z.literal('file'),
  ...actionBase,
  disrupts: z.enum(['reboot', 'restart']).exactOptional(),
  path: plainPath,
  makesFolder: z.literal(true).exactOptional(),
  validate: checkReferences,
  verify: checkReferences,
};

/** A file action as a plan file holds it. */
export const fileActionSchema = z.strictObject({
  ...base,
  from: z.union([z.literal('absent'), identity.extend({ content: z.string().exactOptional() })]),
  to: z.union([z.literal('absent'), identity.extend({ content: z.string() })]),
});

/** A file action as a node's record holds it: without contents. */
export const storedFileActionSchema = z.strictObject({
  ...base,
  from: z.union([z.literal('absent'), identity]),
  to: z.union([z.literal('absent'), identity]),
});

function isPlainPath(value: string): boolean {
  const [first, ...parts] = value.split('/');
  return first === '' && parts.length > 0 && parts.every(isPlainName);
}

function isPlainName(part: string): boolean {
  return (
    part !== '' &&
    part !== '.' &&
    part !== '..' &&
    part.length <= 255 &&
    // What is not seen would not be approved.
    printable(part) === part
  );
}
