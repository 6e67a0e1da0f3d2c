import { fileActionSchema, storedFileActionSchema } from './file/file-schema.ts';

/** What an action in a plan file has to look like; grows with the kinds. */
export const actionSchema = fileActionSchema;

/** What an action in a node's record has to look like. */
export const storedActionSchema = storedFileActionSchema;
