import { isNodemendError } from '../../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { object, text } from '../../../kubernetes/json-fields.ts';
import type { Blocker, UnknownGate } from './blocker.ts';
import { kuredBlockers, maintenanceBlocker, rancherBlockers } from './other-tools.ts';

const maintenanceGroup = '/apis/nodemaintenance.medik8s.io';

export interface ToolsQuestion {
  readonly api: KubernetesApi;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/**
 * What other tools do with nodes at this moment, on any node of the cluster. What cannot be asked blocks. A cluster
 * without NodeMaintenances is told by its discovery, which everybody may read: to those who cannot list them the server
 * says the same whether there is such a kind or not.
 *
 * @throws the reason of the signal
 */
export async function askOtherTools(question: ToolsQuestion): Promise<readonly Blocker[]> {
  const { now } = question;
  const found = await Promise.all([
    askedOrUnknown(question, 'kured', async () =>
      (await listed(question, '/apis/apps/v1/daemonsets')).flatMap((daemonSet) => kuredBlockers(daemonSet, now)),
    ),
    askedOrUnknown(question, 'rancher-upgrade', async () =>
      (await listed(question, '/apis/batch/v1/jobs')).flatMap(rancherBlockers),
    ),
    askedOrUnknown(question, 'node-maintenance', async () => (await maintenances(question)).map(maintenanceBlocker)),
  ]);
  return found.flat();
}

/** Pods that keep a node from being begun, as kured's `--blocking-pod-selector` does. */
export async function askPods(
  question: ToolsQuestion,
  node: string,
  selectors: readonly string[],
): Promise<readonly Blocker[]> {
  const fieldSelector = `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown`;
  const { api, signal } = question;
  const found = await Promise.all(
    selectors.map((selector) =>
      askedOrUnknown(question, 'pods', async (): Promise<readonly Blocker[]> => {
        const pods = await api.list('/api/v1/pods', {
          project: nameOf,
          labelSelector: selector,
          fieldSelector,
          signal,
        });
        return pods.length === 0 ? [] : [{ by: 'pods', node, selector, pods }];
      }),
    ),
  );
  return found.flat();
}

/** What cannot be asked blocks. @throws the reason of the signal */
export async function askedOrUnknown(
  { signal }: ToolsQuestion,
  what: UnknownGate,
  ask: () => Promise<readonly Blocker[]>,
): Promise<readonly Blocker[]> {
  try {
    return await ask();
  } catch (error) {
    if (!isNodemendError(error) || signal.aborted) throw error;
    return [{ by: 'unknown', asked: what, reason: error.code }];
  }
}

/** No more of each than is looked at: their pods' templates are most of them. */
function listed({ api, signal }: ToolsQuestion, path: string): Promise<readonly JsonObject[]> {
  const project = ({ metadata, spec, status }: JsonObject): JsonObject => ({
    metadata: object(metadata),
    spec: { nodeName: text(object(spec)['nodeName']) },
    status: object(status),
  });
  return api.list(path, { project, signal });
}

async function maintenances(question: ToolsQuestion): Promise<readonly JsonObject[]> {
  const { api, signal } = question;
  const version = await api
    .get(maintenanceGroup, (raw) => text(object(raw['preferredVersion'])['version']), signal)
    .catch((error: unknown) => {
      if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return undefined;
      throw error;
    });
  return version === undefined ? [] : listed(question, `${maintenanceGroup}/${version}/nodemaintenances`);
}

function nameOf({ metadata }: JsonObject): string {
  const { namespace, name } = object(metadata);
  return `${text(namespace)}/${text(name)}`;
}
