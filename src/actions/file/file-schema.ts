import { z } from 'zod';
import { actionBase, checkReferences } from '../action-base-schema.ts';
import { printable } from '../../text/printable.ts';

/**
 * Absolute, already plain (no `.`, `..`, `//`, trailing slash), and one line: it is a script's argument and a record's
 * field.
 */
export const plainPath = z.string().max(4096).refine(isPlainPath, 'not a plain absolute path');

export const fileIdentity = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
  mode: z.string().regex(/^[0-7]{4}$/u),
  uid: z.int().nonnegative(),
  gid: z.int().nonnegative(),
});

export const priorFileState = fileIdentity.extend({ content: z.string().exactOptional() });
export const fileStateSchema = fileIdentity.extend({ content: z.string() });

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
  from: z.union([z.literal('absent'), priorFileState]),
  to: z.union([z.literal('absent'), fileStateSchema]),
});

/** A file action as a node's record holds it: without contents. */
export const storedFileActionSchema = z.strictObject({
  ...base,
  from: z.union([z.literal('absent'), fileIdentity]),
  to: z.union([z.literal('absent'), fileIdentity]),
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
