import type { Plugin } from 'rolldown';

export interface CoreModules {
  readonly plugin: Plugin;
  /** Whether a module is always loaded when `entry` is; to be asked when all modules have been parsed. */
  readonly has: (id: string) => boolean;
}

/**
 * Follows the static imports of one module. What is always loaded belongs into one file: on its own each small chunk
 * costs a start a millisecond, and a bundler makes one for every combination of commands that share something.
 */
export function coreModules(entry: string): CoreModules {
  const imports = new Map<string, readonly string[]>();
  const core = new Set<string>();
  const follow = (id: string): void => {
    if (core.has(id)) return;
    core.add(id);
    for (const imported of imports.get(id) ?? []) follow(imported);
  };
  return {
    plugin: { name: 'core-modules', moduleParsed: ({ id, importedIds }) => void imports.set(id, importedIds) },
    has: (id) => {
      if (core.size === 0) follow(entry);
      return core.has(id);
    },
  };
}
