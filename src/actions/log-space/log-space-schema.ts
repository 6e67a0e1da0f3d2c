import { z } from 'zod';
import { actionBase } from '../action-base-schema.ts';
import { plainPath } from '../file/file-schema.ts';
import { isContainerLog } from './log-path.ts';

const digits = z.string().regex(/^\d{1,20}$/u);

const bytes = z.int().nonnegative();

/** A log-space action, in a plan file as in a node's record: it never holds a log's content. */
export const logSpaceActionSchema = z.strictObject({
  kind: z.literal('log-space'),
  ...actionBase,
  disrupts: z.literal('discard').exactOptional(),
  path: plainPath.refine(isContainerLog, 'not a log of a container'),
  log: z.enum(['rotated', 'dead', 'live']),
  keep: z.enum(['always', 'when-it-fits', 'never']),
  reserve: bytes,
  was: z.strictObject({ device: digits, inode: digits, size: bytes, allocated: bytes, modified: z.int() }),
});
