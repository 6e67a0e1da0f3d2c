import { z } from 'zod';
import { printable } from '../node-state/printable.ts';

/** Absolute, already plain (no `.`, `..`, `//`, trailing slash), and one line: it is a script's argument and a record's field. */
const path = z.string().max(4096).refine(isPlainPath, 'not a plain absolute path');

const name = z.string().min(1).max(300);

const identity = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
  mode: z.string().regex(/^[0-7]{4}$/u),
  uid: z.int().nonnegative(),
  gid: z.int().nonnegative(),
});

const checkReference = z.strictObject({
  check: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/u),
  args: z.array(z.string().max(4096)).max(50).readonly(),
});

const base = {
  kind: z.literal('file'),
  id: name,
  problem: z.string().regex(/^[a-z0-9-]{1,100}$/u),
  node: name,
  cures: z.array(z.string().max(100)).readonly(),
  why: z.strictObject({ key: name, params: z.record(z.string(), z.union([z.string(), z.number()])) }),
  disrupts: z.enum(['reboot', 'restart']).exactOptional(),
  path,
  validate: z.array(checkReference).max(50).readonly(),
  verify: z.array(checkReference).max(50).readonly(),
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
  return part !== '' && part !== '.' && part !== '..' && part.length <= 255 && printable(part) === part && !/[\n\t]/u.test(part);
}
