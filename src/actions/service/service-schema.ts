import { z } from 'zod';
import { actionBase, checkReferences } from '../action-base-schema.ts';
import { plainPath } from '../file/file-schema.ts';

/** The characters of systemd.unit(5). It is an argument of systemctl, so it does not begin with a dash. */
const unitName = /^[A-Za-z0-9_:.@\\][A-Za-z0-9_:.@\\-]{0,246}\.service$/u;

/** A service action, in a plan file as in a node's record. */
export const serviceActionSchema = z
  .strictObject({
    kind: z.literal('service'),
    ...actionBase,
    operation: z.enum(['restart', 'reload', 'start', 'enable']),
    disrupts: z.literal('restart').exactOptional(),
    unit: z.string().regex(unitName),
    fragment: plainPath,
    daemonReload: z.boolean(),
    verify: checkReferences,
  })
  .refine(
    ({ operation, disrupts }) => (operation === 'restart') === (disrupts === 'restart'),
    'a restart disrupts, and nothing else does',
  )
  .refine(
    ({ operation, daemonReload }) => operation !== 'enable' || !daemonReload,
    'enabling reads no unit files again',
  );
