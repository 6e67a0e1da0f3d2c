import { NodemendError } from '../../errors/nodemend-error.ts';
import type { FoundReference } from '../../manifests/reference.ts';
import { retiredPatterns } from '../../manifests/retired-patterns.ts';
import { rewriteText } from '../../manifests/rewrite-text.ts';
import type { GitHubLayout } from '../../registry/successor.ts';
import { namesThatMoved } from '../configuration/image-replacements.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Ports } from '../ports.ts';
import { changingReferences, findAgain, findInFiles, hasChanges, type FoundInFiles } from './find-in-files.ts';
import { replaceFile } from './replace-file.ts';
import { verifySuccessors } from './verify-successors.ts';

export interface RewriteRequest {
  readonly paths: readonly string[];
  readonly layout: GitHubLayout;
  /** `--config`. */
  readonly config: string | undefined;
  /** A file with a table of the user's own. */
  readonly map: string | undefined;
  /** Whether what is not a reference, but names a retired registry, is told too. */
  readonly mentions: boolean;
  /** Whether the new registries are asked. */
  readonly verify: boolean;
  /** Whether files are changed, and a copy of each is kept beside it. */
  readonly write: 'no' | 'yes' | 'with-backup';
}

/**
 * Finds retired references in files, and rewrites them where that is wanted.
 * @throws NodemendError NO_MANIFEST, and those of `namesThatMoved` and `loadConfiguration`
 */
export async function rewrite(request: RewriteRequest, ports: Ports): Promise<FoundInFiles> {
  const { paths, layout, mentions, write } = request;
  const { configuration } = await loadConfiguration({
    environment: ports.environment,
    workingFolder: ports.workingFolder,
    ...(request.config === undefined ? {} : { file: request.config }),
  });
  const names = await namesThatMoved(configuration, request.map, ports.workingFolder);
  const patterns = retiredPatterns(names);
  const offline = findInFiles(paths, ports.workingFolder, {
    patterns,
    successorOf: (written) => names.successorOf(written, layout),
    mentions,
  });
  // A wrong folder must not pass a check for ever.
  if (offline.looked === 0 && offline.left.length === 0)
    throw new NodemendError('NO_MANIFEST', { paths: paths.join(', ') });
  let found = offline;
  if (request.verify) {
    const { successorOf } = await verifySuccessors(changingReferences(offline), { names, layout }, ports);
    found = findAgain(offline, { patterns, mentions, successorOf });
  }
  return write === 'no' ? found : writeAll(found, write === 'with-backup');
}

async function writeAll(found: FoundInFiles, backup: boolean): Promise<FoundInFiles> {
  const left = [...found.left];
  for (const { file, path, text, references } of found.manifests.filter(hasChanges)) {
    const why = await replaceFile({ path, before: text, after: rewriteText(text, references), backup });
    if (why !== undefined) left.push({ file, why });
  }
  return { ...found, left };
}

interface Verdict {
  readonly write: boolean;
  /** Whether something to change is a finding. */
  readonly check: boolean;
  /** Whether whatever may still be pulled is one, too. */
  readonly strict: boolean;
}

/** Links are left alone on purpose; what could not be read may hold anything. */
export function rewriteExit({ manifests, left }: FoundInFiles, { check, strict, write }: Verdict): 0 | 3 | 5 | 6 {
  const references = manifests.flatMap((manifest) => manifest.references);
  const isIncomplete =
    references.some(({ reason }) => reason === 'not-verified') || left.some(({ why }) => why !== 'symlink');
  if (write) return isIncomplete || references.some(({ reason }) => reason === 'kustomize-name-breaks') ? 6 : 0;
  if (check && manifests.some(hasChanges)) return 3;
  if (strict && references.some(isLive)) return 3;
  return isIncomplete ? 5 : 0;
}

/** What something may still pull by; a mention is for people. */
function isLive({ reason }: FoundReference): boolean {
  return reason !== 'mention';
}
