import { z } from 'zod';
import { observed } from '../observed-schema.ts';

const text = z.string();

/** The part of a bundle's shape that is about the next version (`upgrade.ts`). */
export const upgradeFacts = z.object({
  roles: observed(
    z.array(
      z.object({
        group: text,
        version: text,
        resource: text,
        kind: text,
        namespace: text,
        name: text,
        uid: text,
        finalizers: z.array(text),
      }),
    ),
  ),
  apiServices: observed(z.array(z.object({ group: text, version: text, service: text }))),
  budgets: observed(
    z.array(
      z.object({
        namespace: text,
        name: text,
        expectedPods: z.int(),
        desiredHealthy: z.int(),
        currentHealthy: z.int(),
        isCounted: z.boolean(),
      }),
    ),
  ),
  deprecatedApis: observed(z.array(z.object({ group: text, version: text, resource: text, removedRelease: text }))),
});
