import { z } from 'zod';
import { fileActionSchema, storedFileActionSchema } from './file/file-schema.ts';
import { serviceActionSchema } from './service/service-schema.ts';

/** What an action in a plan file has to look like; grows with the kinds. */
export const actionSchema = z.discriminatedUnion('kind', [fileActionSchema, serviceActionSchema]);

/** What an action in a node's record has to look like. */
export const storedActionSchema = z.discriminatedUnion('kind', [storedFileActionSchema, serviceActionSchema]);
