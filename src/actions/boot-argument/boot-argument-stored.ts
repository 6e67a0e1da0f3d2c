import { withoutContents } from '../file/file-contents.ts';
import type { BootArgumentAction, StoredBootArgumentAction } from './boot-argument-action.ts';
import { storedBootArgumentActionSchema } from './boot-argument-schema.ts';

export const storedBootArgument = withoutContents<BootArgumentAction, StoredBootArgumentAction>(
  storedBootArgumentActionSchema,
);
