import { targetOf, placesOf, type LogPlaces } from '../rotation/rule-target.ts';
import { dailyRun, mainFile, rulesFolder, type Rotation } from '../rotation/rotation.ts';
import { readAlone } from '../rotation/suspects.ts';
import type { RotationFile, RotationFiles } from '../rotation/rotation-files.ts';
import { nodeTree } from '../rotation/node-tree.ts';
import { dockerLogs, futureContainer, type DockerLog } from '../logs/watched-logs.ts';
import type { FileTree } from '../../../logrotate/file-tree.ts';
import { readConfiguration } from '../../../logrotate/read-configuration.ts';
import { newestRelease } from './newest-release.ts';

/**
 * A node as every distribution ships it, with the source in place and one container: what can be judged before any node
 * is asked.
 */
export interface SourceContext {
  readonly rotation: Rotation;
  readonly logs: readonly DockerLog[];
  readonly places: LogPlaces;
  /** Whether anything in the source is about docker's logs or links to them, in force or not. */
  readonly isAboutContainers: boolean;
}

/** Debian's and CentOS's own, as far as it reaches into a rule. */
const mainText = `weekly\nrotate 4\ncreate\ninclude ${rulesFolder}\n`;

/** @param text one character a byte */
export function sourceContext(text: string, path: string): SourceContext {
  const alone = readAlone(text, { tree: bareTree, release: newestRelease });
  const blocks = [...alone.blocks, ...alone.dropped];
  const patterns = blocks.flatMap((block) => block.patterns);
  const logs = dockerRoots(patterns).flatMap((root) =>
    dockerLogs({ root, containersFolder: `${root}/containers`, containers: [] }, [futureContainer()]),
  );
  const files = new Map([plainFile(mainFile, mainText), plainFile(path, text)].map((file) => [file.path, file]));
  const folder = {
    files,
    folders: new Set([rulesFolder]),
    missing: new Set<string>(),
    dangling: new Set<string>(),
    // Which of these, and which users, a node has is the node's affair.
    oldDirs: new Set(blocks.flatMap(({ settings }) => settings.oldDir ?? [])),
    accounts: nobody,
  };
  const tree = { ...nodeTree(folder, logs, []), accounts: undefined };
  const rotation = {
    configuration: readConfiguration(mainFile, tree, newestRelease),
    files: folder satisfies RotationFiles,
    tree,
    release: newestRelease,
    run: dailyRun,
  };
  const places = placesOf(logs, []);
  const isAboutContainers = [...patterns, ...alone.abandoned.flatMap(({ rest }) => rest.split('\n'))].some(
    (pattern) => targetOf(pattern.trim(), places) !== 'other',
  );
  return { rotation, logs, places, isAboutContainers };
}

const nobody = { users: new Set<string>(), groups: new Set<string>() };

const bareTree: FileTree = { accounts: undefined, names: () => 'unseen', entry: () => 'unseen' };

function plainFile(path: string, content: string): RotationFile {
  return {
    path,
    kind: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: content.length,
    isLink: false,
    content,
    isExact: true,
  };
}

/** Docker's folder need not be the usual one: the rule says where it is. In /var/log/containers are links only. */
function dockerRoots(patterns: readonly string[]): readonly string[] {
  const roots = patterns
    .flatMap((pattern) => /^(\/[^*?[\]\\]*)\/containers\//.exec(pattern)?.[1] ?? [])
    .filter((root) => root !== '/var/log');
  return roots.length === 0 ? ['/var/lib/docker'] : [...new Set(roots)];
}
