import { resolve } from 'node:path';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { checkedReplacements, type Replacement } from '../../registry/replacement.ts';
import { retiredNames, retiredPrefixes, type RetiredNames } from '../../registry/successor.ts';
import type { CheckedYaml } from './checked-yaml.ts';
import type { Configuration } from './schema.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/**
 * The user's table in canonical names.
 * @throws NodemendError REPLACEMENT_INVALID for the first line that cannot be used
 */
export function checkReplacements(
  lines: readonly Replacement[],
  { path, lineOf }: { readonly path: string } & Pick<CheckedYaml<unknown>, 'lineOf'>,
): readonly Replacement[] {
  const checked = checkedReplacements(lines, retiredPrefixes);
  if (!('fault' in checked)) return checked;
  const { index, key, written, fault } = checked;
  throw new NodemendError('REPLACEMENT_INVALID', {
    context: fault,
    path,
    line: lineOf(['imageReplacements', index, key]),
    key: `imageReplacements[${index}].${key}`,
    value: written,
  });
}

/** Names that have moved: by nodemend's own rules, and by the configuration. */
export function configuredNames({ imageReplacements = [] }: Pick<Configuration, 'imageReplacements'>): RetiredNames {
  return retiredNames(checkReplacements(imageReplacements, { path: '', lineOf: () => 0 }));
}

/**
 * Names that have moved: by nodemend's own rules, by the configuration, and by `--map FILE`, whose lines go before those
 * of the configuration.
 * @throws NodemendError INPUT_UNREADABLE, REPLACEMENT_INVALID, and those of `readCheckedYaml`
 */
export async function namesThatMoved(
  configuration: Pick<Configuration, 'imageReplacements'>,
  map: string | undefined,
  workingFolder: string,
): Promise<RetiredNames> {
  const configured = configuredNames(configuration);
  if (map === undefined) return configured;
  const [{ readCheckedYaml }, { mapFileSchema }] = await Promise.all([
    import('./checked-yaml.ts'),
    import('./schema.ts'),
  ]);
  const { value, lineOf } = readCheckedYaml({ path: map, text: await readText(map, workingFolder) }, mapFileSchema);
  const own = checkReplacements(value.imageReplacements, { path: map, lineOf });
  const froms = new Set(own.map(({ from }) => from));
  const others = configured.replacements.filter(({ from }) => !froms.has(from));
  // Together they must not replace what one of them has written.
  return retiredNames(checkReplacements([...own, ...others], { path: map, lineOf }));
}

async function readText(map: string, workingFolder: string): Promise<string> {
  try {
    return (await readNamedFile(resolve(workingFolder, map))).toString();
  } catch (cause) {
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('INPUT_UNREADABLE', { path: map, fault }, { cause });
  }
}
