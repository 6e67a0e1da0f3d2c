import { z } from 'zod';

/**
 * The part of a bundle's shape that describes pull secrets (`pull-secret.ts`), but for what is `Observed` around it.
 */

export const attachedSecrets = z.object({ name: z.string(), pullSecrets: z.array(z.string()) });

const pullLogin = z.object({
  key: z.string(),
  holds: z.enum(['password', 'token', 'nothing']),
  expires: z.string().exactOptional(),
});

const problem = z.object({
  kind: z.enum(['empty', 'not-json', 'wrong-shape', 'auth-not-base64', 'auth-without-colon', 'wrong-type', 'no-data']),
  key: z.string().exactOptional(),
});

export const pullSecret = z.union([
  z.literal('absent'),
  z.object({ type: z.string(), logins: z.array(pullLogin), problem: problem.exactOptional() }),
]);
