import type { NodeEvidence } from '../../evidence/evidence.ts';
import type { KubeletFacts, KubeletFile } from './kubelet.ts';

/** The files that kubelet reads, the one that wins first. */
export function configurationFiles(node: NodeEvidence, kubelet: KubeletFacts): readonly KubeletFile[] {
  const { options, files } = kubelet;
  const base = files.get(options.get('config') ?? '');
  const folder = dropInFolder(node, kubelet);
  const dropIns =
    folder === undefined
      ? []
      : [...files.values()].filter(({ path }) => path.startsWith(`${folder}/`) && path.endsWith('.conf'));
  // filepath.Walk goes through names in order, and the last one merged wins (mergeKubeletConfigurations in
  // cmd/kubelet/app/server.go).
  const inOrder = dropIns.toSorted((a, b) => (a.path < b.path ? 1 : -1));
  return base === undefined ? inOrder : [...inOrder, base];
}

/** The folder of drop-ins where it is in force: from 1.30 on, and in 1.28 and 1.29 where the environment says so. */
export function dropInFolder(
  node: NodeEvidence,
  { options, folders, dropInsAllowed }: KubeletFacts,
): string | undefined {
  const folder = options.get('config-dir')?.replace(/\/+$/, '');
  if (folder === undefined || !folders.has(options.get('config-dir') ?? '')) return undefined;
  const minor = node.api.state === 'seen' ? Number(/^v1\.(\d+)/.exec(node.api.value.kubeletVersion)?.[1]) : Number.NaN;
  // Without an API server the flag alone tells: an older kubelet would not have started with it.
  return dropInsAllowed || Number.isNaN(minor) || minor >= 30 ? folder : undefined;
}

/** Whether kubelet may not have read what stands there now: both times are whole seconds. */
export function startedBeforeItsFiles(node: NodeEvidence, kubelet: KubeletFacts): boolean {
  const { startedAt } = kubelet;
  return (
    startedAt !== undefined && configurationFiles(node, kubelet).some(({ changedAt }) => changedAt > startedAt + 1)
  );
}
