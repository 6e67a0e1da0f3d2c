import { z } from 'zod';

/** One schema for actions of several kinds, chosen by `kind`. */
export function schemaOfKinds<Action>(schemas: readonly z.ZodType[]): z.ZodType<Action> {
  const options = schemas as unknown as readonly [z.core.$ZodTypeDiscriminable];
  return z.discriminatedUnion('kind', options) as unknown as z.ZodType<Action>;
}
