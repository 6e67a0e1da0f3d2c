import type { ImageReference } from '../reference/image-reference.ts';
import type { DockerConfigEntry } from './docker-config.ts';
import { lookUpEntries } from './keyring.ts';

export type UsableLogin = Pick<DockerConfigEntry, 'user' | 'password'>;

/**
 * The first login that kubelet would try for an image; undefined where a file has none. An entry without a
 * password stands for a credential store, which only docker's own client asks. One with control characters is left as
 * well: a terminal would take them for what they stand for.
 */
export function loginFor(
  entries: readonly DockerConfigEntry[],
  reference: Pick<ImageReference, 'registry' | 'repository'>,
): UsableLogin | undefined {
  return lookUpEntries(entries, reference).find(({ user, password }) => isPlain(user) && isPlain(password.reveal()));
}

function isPlain(text: string): boolean {
  return text !== '' && !/\p{Cc}/u.test(text);
}
