import { isInvalid, parseReference } from './image-reference.ts';

/** The registry of a reference as it is written; undefined for what is none. */
export function registryOf(image: string): string | undefined {
  const reference = parseReference(image);
  return isInvalid(reference) ? undefined : reference.registry;
}
