import { NodemendError } from '../../errors/nodemend-error.ts';
import type { SourceSettings } from '../../images/sources/candidates.ts';
import { checkedNameMap, type KeptAt } from '../../images/sources/name-map.ts';
import type { Configuration } from './schema.ts';

/**
 * The table of where images are kept, in canonical names. @param placeOf of a line's name, in the words of who wrote it
 * @throws NodemendError IMAGE_SOURCE_INVALID for the first line that cannot be used
 */
export function checkImageSources(
  lines: readonly KeptAt[],
  placeOf: (index: number, key: 'from' | 'to') => string,
): readonly KeptAt[] {
  const checked = checkedNameMap(lines);
  if (!('fault' in checked)) return checked;
  const { index, key, written: value, fault: context } = checked;
  const shown = value === '' ? '""' : value;
  throw new NodemendError('IMAGE_SOURCE_INVALID', { context, place: placeOf(index, key), key, value: shown });
}

/** What the configuration says of where images can be had. */
export function configuredSources({ imageSources = {} }: Pick<Configuration, 'imageSources'>): SourceSettings {
  const { nksRegistryUrl, names = [], plainHttp = [] } = imageSources;
  return { nksRegistryUrl, plainHttp, names: checkImageSources(names, () => '') };
}
