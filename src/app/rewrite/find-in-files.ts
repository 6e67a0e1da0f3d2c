import { findReferences, type FindOptions } from '../../manifests/find-references.ts';
import type { FoundReference } from '../../manifests/reference.ts';
import { ManifestReader } from './read-manifest.ts';
import { walkPath, type LeftAlone } from './walk-files.ts';

/** A file that names retired registries. */
export interface Manifest {
  readonly file: string;
  readonly path: string;
  readonly text: string;
  readonly references: readonly FoundReference[];
}

export interface FoundInFiles {
  /** In the order of the paths that were named, and of names within. */
  readonly manifests: readonly Manifest[];
  readonly left: readonly { readonly file: string; readonly why: LeftAlone }[];
  /** How many files were looked into. */
  readonly looked: number;
  /** How many files of the folders were not, because of what they are called. */
  readonly skipped: number;
}

/** @throws NodemendError INPUT_UNREADABLE for a path that is not there */
export function findInFiles(
  paths: readonly string[],
  workingFolder: string,
  options: Omit<FindOptions, 'file'>,
): FoundInFiles {
  const reader = new ManifestReader(options.patterns.needle);
  const manifests = new Map<string, Manifest>();
  const left: { file: string; why: LeftAlone }[] = [];
  // One path cannot name a file twice.
  const seen = paths.length > 1 ? new Set<string>() : undefined;
  let looked = 0;
  let skipped = 0;
  const file = (name: string, path: string): void => {
    if (seen?.has(path)) return;
    seen?.add(path);
    looked++;
    const found = reader.read(path);
    if (found === undefined) return;
    if ('left' in found) left.push({ file: name, why: found.left });
    else
      manifests.set(path, {
        file: name,
        path,
        text: found.text,
        references: findReferences(found.text, { ...options, file: name }),
      });
  };
  for (const name of paths)
    walkPath(name, workingFolder, {
      file,
      leave: (leftFile, why) => left.push({ file: leftFile, why }),
      skip: () => skipped++,
    });
  return { manifests: naming([...manifests.values()]), left, looked, skipped };
}

/** The same files, with what is now known of the successors. */
export function findAgain(found: FoundInFiles, options: Omit<FindOptions, 'file'>): FoundInFiles {
  const manifests = found.manifests.map((manifest) => ({
    ...manifest,
    references: findReferences(manifest.text, { ...options, file: manifest.file }),
  }));
  return { ...found, manifests: naming(manifests) };
}

/** Its registry can say what the successor is. */
const askable: ReadonlySet<string> = new Set(['unverified-digest', 'names-differ']);

/**
 * References that would be changed, or would be if it was known what their successors are; what is told for another
 * reason stays as it is.
 */
export function changingReferences({ manifests }: FoundInFiles): ReadonlySet<string> {
  const references = manifests.flatMap((manifest) => manifest.references);
  return new Set(
    references.flatMap(({ old, whole, new: successor, action, reason }) =>
      action === 'change' || (askable.has(reason) && successor !== null) ? [whole ?? old] : [],
    ),
  );
}

function naming(manifests: readonly Manifest[]): readonly Manifest[] {
  return breakingNames(manifests.filter(({ references }) => references.length > 0));
}

/**
 * A kustomization selects images by their old name: with the references the name has to change, or it selects nothing
 * any more.
 */
function breakingNames(manifests: readonly Manifest[]): readonly Manifest[] {
  const changed = new Set(
    manifests.flatMap(({ references }) =>
      references.filter(({ action }) => action === 'change').map(({ old }) => nameOf(old)),
    ),
  );
  const told = (reference: FoundReference): FoundReference =>
    reference.reason === 'kustomize-name' && changed.has(nameOf(reference.old))
      ? { ...reference, reason: 'kustomize-name-breaks' }
      : reference;
  return manifests.map((manifest) => ({ ...manifest, references: manifest.references.map(told) }));
}

/** Without tag and digest. */
function nameOf(reference: string): string {
  return reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}

export function hasChanges({ references }: Manifest): boolean {
  return references.some(({ action }) => action === 'change');
}
