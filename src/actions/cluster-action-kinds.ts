import type { ClusterActionKind, ClusterActionSpec } from './cluster-action.ts';
import { manifestKind } from './manifest/manifest.ts';
import { pullSecretAttachmentKind } from './pull-secret/pull-secret-attachment.ts';
import { pullSecretKind } from './pull-secret/pull-secret.ts';
import { objectPatchKind } from './object-patch/object-patch.ts';

type Kinds = {
  readonly [Kind in ClusterActionSpec['kind']]: ClusterActionKind<Extract<ClusterActionSpec, { kind: Kind }>>;
};

const kinds: Kinds = {
  'object-patch': objectPatchKind,
  manifest: manifestKind,
  'pull-secret': pullSecretKind,
  'pull-secret-attachment': pullSecretAttachmentKind,
};

/** The kind that knows how to carry an action on an object out. To be asked about actions of that kind only. */
export function clusterActionKind(kind: ClusterActionSpec['kind']): ClusterActionKind {
  return kinds[kind] as ClusterActionKind;
}
