import { z } from 'zod';
import { fileActionSchema, storedFileActionSchema } from './file/file-schema.ts';
import { logSpaceActionSchema } from './log-space/log-space-schema.ts';
import { serviceActionSchema } from './service/service-schema.ts';

/** What an action in a plan file has to look like; grows with the kinds. */
export const actionSchema = z.discriminatedUnion('kind', [fileActionSchema, serviceActionSchema, logSpaceActionSchema]);

/** What an action in a node's record has to look like. */
export const storedActionSchema = z.discriminatedUnion('kind', [
  storedFileActionSchema,
  serviceActionSchema,
  logSpaceActionSchema,
]);
