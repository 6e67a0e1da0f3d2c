import type { Transport } from '../../../transport/transport.ts';
import { hasFinished, type ClusterPod } from './cluster-pod.ts';
import type { DrainFlag, DrainOptions } from './drain-options.ts';

/** What a drain does with a pod of its node, and by which policy. */
export type DrainDecision =
  | { readonly does: 'evict'; readonly policy: 'managed' | 'finished' | 'emptydir' | 'unmanaged' | 'orphan' }
  | { readonly does: 'leave'; readonly policy: 'daemonset' | 'mirror' | 'own' }
  /** The drain is not begun; `flag` would let it. */
  | {
      readonly does: 'refuse';
      readonly policy: 'daemonset' | 'emptydir' | 'unmanaged' | 'orphan';
      readonly flag: DrainFlag;
    }
  /** DaemonSets could not be read, so it is not known whether this one is still there. */
  | { readonly does: 'unknown'; readonly policy: 'daemonset' };

/** Whether a DaemonSet is there; undefined where they could not be read. */
export type HasDaemonSet = (namespace: string, name: string) => boolean | undefined;

/** What a drain goes by. */
export interface DrainPolicy extends DrainOptions {
  /** Of Jobs by whose pods nodemend itself reaches nodes (`--via pod`); without it there are none. */
  readonly isOwnJob?: (namespace: string, name: string) => boolean;
}

export function drainPolicy(options: DrainOptions, transport: Pick<Transport, 'isOwnJob'> | undefined): DrainPolicy {
  return { ...options, ...(transport?.isOwnJob ? { isOwnJob: transport.isOwnJob } : {}) };
}

/** What `kubectl drain` does, except that nodemend does not send away the pod that it is in. */
export function decideDrain(pod: ClusterPod, policy: DrainPolicy, hasDaemonSet: HasDaemonSet): DrainDecision {
  return isOwn(pod, policy) ? { does: 'leave', policy: 'own' } : asKubectl(pod, policy, hasDaemonSet);
}

/**
 * The filters of `kubectl drain`, in their order (kubectl pkg/drain/filters.go): DaemonSet, mirror pod, emptyDir, no
 * controller; the first that keeps a pod ends it.
 */
function asKubectl(pod: ClusterPod, options: DrainOptions, hasDaemonSet: HasDaemonSet): DrainDecision {
  const finished = hasFinished(pod);
  const asDaemon = isOfDaemonSet(pod) && !finished ? decideDaemonSet(pod, options, hasDaemonSet) : undefined;
  if (asDaemon && asDaemon.does !== 'evict') return asDaemon;
  if (pod.mirror) return { does: 'leave', policy: 'mirror' };
  if (finished) return { does: 'evict', policy: 'finished' };
  if (pod.emptyDir && !options.deleteEmptyDirData)
    return { does: 'refuse', policy: 'emptydir', flag: 'delete-emptydir-data' };
  return asDaemon ?? decideController(pod, options);
}

function isOwn({ namespace, controller }: ClusterPod, { isOwnJob }: DrainPolicy): boolean {
  return controller?.kind === 'Job' && isOwnJob?.(namespace, controller.name) === true;
}

function isOfDaemonSet({ controller }: ClusterPod): boolean {
  return controller?.kind === 'DaemonSet' && controller.apiVersion === 'apps/v1';
}

function decideController({ controller, emptyDir }: ClusterPod, { force }: DrainOptions): DrainDecision {
  if (controller) return { does: 'evict', policy: emptyDir ? 'emptydir' : 'managed' };
  return force ? { does: 'evict', policy: 'unmanaged' } : { does: 'refuse', policy: 'unmanaged', flag: 'force' };
}

function decideDaemonSet(
  { namespace, controller }: ClusterPod,
  { force, ignoreDaemonSets }: DrainOptions,
  hasDaemonSet: HasDaemonSet,
): DrainDecision {
  const found = hasDaemonSet(namespace, controller?.name ?? '');
  if (found === undefined) return { does: 'unknown', policy: 'daemonset' };
  if (!found) return force ? { does: 'evict', policy: 'orphan' } : { does: 'refuse', policy: 'orphan', flag: 'force' };
  return ignoreDaemonSets
    ? { does: 'leave', policy: 'daemonset' }
    : { does: 'refuse', policy: 'daemonset', flag: 'ignore-daemonsets' };
}
