/** Who keeps an object as it is, so that a change of the live object does not last. */
export interface ManagingTool {
  readonly tool: 'helm' | 'argo-cd' | 'flux' | 'kustomize' | 'addon-manager' | 'olm' | 'other';
  /** The release, application, …, as its tool calls it. */
  readonly name: string;
}

type Marks = Readonly<Record<string, string>>;

/** Tools that write their own name, in `app.kubernetes.io/managed-by`; a person may write anything there. */
const ownWord = 'app.kubernetes.io/managed-by';

/**
 * Whose an object is, by the marks that the tools leave (`ownershipMarks`). What applies comes first: Argo CD renders
 * charts itself, and Flux's objects carry Helm's marks besides its own.
 */
export function managedBy(marks: Marks | undefined): ManagingTool | undefined {
  if (marks === undefined) return undefined;
  return argo(marks) ?? flux(marks) ?? helm(marks) ?? kustomize(marks) ?? addon(marks) ?? other(marks);
}

function argo(marks: Marks): ManagingTool | undefined {
  // `<application>:<group>/<kind>:<namespace>/<name>`
  const name = marks['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? marks['argocd.argoproj.io/instance'];
  return name === undefined ? undefined : { tool: 'argo-cd', name };
}

function flux(marks: Marks): ManagingTool | undefined {
  for (const kind of ['kustomize', 'helm']) {
    const name = marks[`${kind}.toolkit.fluxcd.io/name`];
    if (name !== undefined) return { tool: 'flux', name: joined(marks[`${kind}.toolkit.fluxcd.io/namespace`], name) };
  }
  return undefined;
}

function helm(marks: Marks): ManagingTool | undefined {
  const release = marks['meta.helm.sh/release-name'];
  if (release !== undefined) return { tool: 'helm', name: joined(marks['meta.helm.sh/release-namespace'], release) };
  return /^(?:helm|tiller)$/i.test(marks[ownWord] ?? '') ? { tool: 'helm', name: marks[ownWord] ?? '' } : undefined;
}

function kustomize(marks: Marks): ManagingTool | undefined {
  const origin = marks['config.kubernetes.io/origin'];
  if (origin !== undefined) return { tool: 'kustomize', name: origin.replaceAll(/\s+/g, ' ').trim() };
  return /^kustomize/i.test(marks[ownWord] ?? '') ? { tool: 'kustomize', name: marks[ownWord] ?? '' } : undefined;
}

function addon(marks: Marks): ManagingTool | undefined {
  const operator = marks['olm.owner'];
  if (operator !== undefined) return { tool: 'olm', name: operator };
  const mode = marks['addonmanager.kubernetes.io/mode'];
  // Only what it reconciles is put back; with EnsureExists it is made once.
  return mode === 'Reconcile' ? { tool: 'addon-manager', name: mode } : undefined;
}

function other(marks: Marks): ManagingTool | undefined {
  const name = marks[ownWord];
  return name === undefined || name === 'nodemend' ? undefined : { tool: 'other', name };
}

function joined(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
