import type { JsonObject } from '../../kubernetes/api.ts';
import { texts } from '../../kubernetes/json-fields.ts';

/**
 * Labels and annotations that say who keeps an object as it is. Sources: Helm `pkg/action/validate.go` and the chart
 * best practices (labels); Argo CD "Resource tracking"; Flux `kustomize-controller` and `helm-controller` (owner
 * labels); Kustomize `buildMetadata`; Kubernetes `cluster/addons/addon-manager/README.md`; Operator Lifecycle Manager
 * (`olm.owner`).
 */
const ownershipMarks = [
  'app.kubernetes.io/managed-by',
  'meta.helm.sh/release-name',
  'meta.helm.sh/release-namespace',
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/instance',
  'kustomize.toolkit.fluxcd.io/name',
  'kustomize.toolkit.fluxcd.io/namespace',
  'helm.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/namespace',
  'config.kubernetes.io/origin',
  'addonmanager.kubernetes.io/mode',
  'olm.owner',
] as const;

/** Those that an object has; undefined where it has none. */
export function marksOf(metadata: JsonObject): Readonly<Record<string, string>> | undefined {
  const all = { ...texts(metadata['labels']), ...texts(metadata['annotations']) };
  const marks = ownershipMarks.flatMap((mark) => (all[mark] === undefined ? [] : [[mark, all[mark]] as const]));
  return marks.length === 0 ? undefined : Object.fromEntries(marks);
}
