import { NodemendError } from '../../errors/nodemend-error.ts';
import { readCheckedYaml, type TextFile } from './checked-yaml.ts';
import { checkReplacements } from './image-replacements.ts';
import { checkImageSources } from './image-sources.ts';
import { configurationSchema, type Configuration } from './schema.ts';

/**
 * The configuration that a file's text holds; an empty file is an empty configuration.
 * @throws NodemendError those of `readCheckedYaml`, and YAML_VALUE_DUPLICATE for a node group that is there twice,
 *   REPLACEMENT_INVALID, IMAGE_SOURCE_INVALID
 */
export function parseConfiguration(file: TextFile): Configuration {
  const { value, lineOf } = readCheckedYaml(file, configurationSchema);
  const names = new Set<string>();
  for (const [index, { name }] of (value.nodeGroups ?? []).entries()) {
    if (names.has(name)) {
      const place = { path: file.path, line: lineOf(['nodeGroups', index, 'name']), key: `nodeGroups[${index}].name` };
      throw new NodemendError('YAML_VALUE_DUPLICATE', { ...place, value: name });
    }
    names.add(name);
  }
  checkReplacements(value.imageReplacements ?? [], { path: file.path, lineOf });
  checkImageSources(
    value.imageSources?.names ?? [],
    (index, key) => `${file.path} line ${lineOf(['imageSources', 'names', index, key])}`,
  );
  return value;
}
