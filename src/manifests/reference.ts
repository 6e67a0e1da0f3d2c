/** Why something that names a retired registry is changed, or only told. Frozen: `rewrite -o json` prints it. */
export type ReferenceReason =
  | 'retired-registry'
  /** The successor has another name, or is each cluster's own. */
  | 'names-differ'
  | 'cluster-registry'
  /** A digest that the successor need not serve. */
  | 'unverified-digest'
  /** With `--verify`: the successor's registry has no such image, or did not say. */
  | 'not-there'
  | 'not-verified'
  /** With the successor's name it would not be a reference. */
  | 'no-reference'
  /** `{{ }}`: what will stand there is not known. */
  | 'template'
  /** Text in a block scalar, for example of a ConfigMap. */
  | 'block-scalar'
  /** A kustomization selects images by this name. */
  | 'kustomize-name'
  /** And a reference with this name was changed in the same run, so that it selects nothing any more. */
  | 'kustomize-name-breaks'
  /** Sealed by SOPS: any change breaks the seal. */
  | 'encrypted'
  /** An image reference where no container gets its image from: an argument, a variable, a custom resource. */
  | 'not-an-image-field'
  /** Neither YAML nor JSON can be made of the text around it. */
  | 'unparsable'
  /** A file that is neither by its name: a script, a list, a build file. */
  | 'other-format'
  /** Written with escapes or folded, so that it is not there as it reads. */
  | 'not-literal'
  /** A host in prose, a URL or a comment. */
  | 'mention';

/** A place in a text that names a retired registry. */
export interface FoundReference {
  /** Of the reference's own characters, UTF-16 units from the text's beginning. */
  readonly start: number;
  readonly end: number;
  /** As written. */
  readonly old: string;
  /** The reference that it is a part of, where registry and repository stand apart. */
  readonly whole?: string;
  /** What it should be; null where that is not known. */
  readonly new: string | null;
  readonly action: 'change' | 'report';
  readonly reason: ReferenceReason;
}
