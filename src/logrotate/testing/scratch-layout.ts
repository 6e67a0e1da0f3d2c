import type { TriedConfiguration } from './arbitrary-configuration.ts';
import { memoryTree, type MemoryFile } from './memory-tree.ts';
import type { FileTree } from '../file-tree.ts';

/**
 * What lies beside a tried configuration, on a disk and in memory alike. `@` in a file stands for the scratch folder.
 */
export const scratchFolders = ['d', 'd2', 'old', 'c/a', 'c/b', 'c/.hidden', 'with blank'] as const;

export const scratchLogs = [
  'c/a/a-json.log',
  'c/b/b-json.log',
  'c/b/b-json.log.1',
  'c/.hidden/.hidden-json.log',
  'with blank/y.log',
  'x.log',
] as const;

export const includedFiles = {
  extra: 'maxage 3\n@/extra.log {\n  weekly\n}\n',
  'd2/second': '@/second.log {\n  monthly\n}\n',
} as const;

/** The scratch folder's name in memory. */
export const memoryFolder = '/scratch';

/** The tree of a tried configuration without a disk. */
export function scratchTree({ main, files }: TriedConfiguration): FileTree {
  const at = (content: string): string => content.replaceAll('@', memoryFolder);
  const rules = files.map(
    ({ name, content, mode, uid }) => [`d/${name}`, { content: at(content), mode, uid }] as const,
  );
  const included = Object.entries(includedFiles).map(([name, content]) => [name, { content: at(content) }] as const);
  const all: readonly (readonly [string, MemoryFile])[] = [
    ...scratchFolders.map((name) => [`${name}/`, {}] as const),
    ...scratchLogs.map((name) => [name, { content: 'one line\n' }] as const),
    ...included,
    ['logrotate.conf', { content: at(main) }],
    ...rules,
  ];
  return memoryTree(Object.fromEntries(all.map(([name, file]) => [`${memoryFolder}/${name}`, file])));
}
