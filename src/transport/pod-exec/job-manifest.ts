import type { JsonObject } from '../../kubernetes/api.ts';
import podMain from './pod-main.sh?raw';
import type { PodSettings } from './pod-settings.ts';

/** The container that scripts are run in. */
export const containerName = 'node';
/** Names everything that one command of nodemend made. */
export const runLabel = 'nodemend.dev/run';
/** Set by the Job controller on its pods, in every version. */
export const jobNameLabel = 'job-name';

/** How long a pod lives at most, whatever became of everybody. A node that is used for longer gets another one. */
const lifetimeSeconds = 3600;
/** Two signs of life may be lost, and the API server may be gone for a moment. */
const silenceSeconds = 30;
/** How long the cluster keeps what is over: enough to read why. */
const keptSeconds = 15;
/**
 * There in every cluster. kubelet admits such pods under memory, disk and PID pressure and does not evict them
 * (pkg/kubelet/eviction/eviction_manager.go, Admit and evictPod).
 */
const criticalClass = 'system-node-critical';
/** For a script under way when somebody else removes the pod. */
const graceSeconds = 30;

export interface PodJob {
  readonly name: string;
  readonly run: string;
  readonly node: string;
}

/**
 * One pod on one node that can do what root can do there. It goes where it is told without the scheduler (`nodeName`),
 * so neither cordon nor taint nor want of room keeps it off; it is in the node's own network, so a broken pod network
 * does not either. The cluster itself removes it when nobody does (KEP-592, `ttlSecondsAfterFinished`).
 * @param isCritical kubelet takes it up also under pressure, and never evicts it in mid-change
 */
export function jobManifest({ name, run, node }: PodJob, settings: PodSettings, isCritical: boolean): JsonObject {
  const labels = { 'app.kubernetes.io/name': 'nodemend', 'app.kubernetes.io/managed-by': 'nodemend', [runLabel]: run };
  const annotations = { 'nodemend.dev/node': node };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: settings.namespace, labels, annotations },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: lifetimeSeconds,
      ttlSecondsAfterFinished: keptSeconds,
      template: { metadata: { labels, annotations }, spec: podSpec(node, settings, isCritical) },
    },
  };
}

function podSpec(node: string, { image, pullPolicy, imagePullSecrets }: PodSettings, isCritical: boolean): JsonObject {
  return {
    ...(isCritical ? { priorityClassName: criticalClass } : {}),
    nodeName: node,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: graceSeconds,
    tolerations: [{ operator: 'Exists' }],
    // Processes are ended by their numbers, which must be the node's.
    hostPID: true,
    hostNetwork: true,
    dnsPolicy: 'Default',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
    containers: [
      {
        name: containerName,
        image,
        imagePullPolicy: pullPolicy,
        command: ['sh', '-c', podMain, 'nodemend', String(silenceSeconds)],
        // An image may name another user.
        securityContext: { privileged: true, runAsUser: 0, runAsGroup: 0, readOnlyRootFilesystem: true },
        // No limits: what a script needs is the node's matter. No requests: for those of a critical pod kubelet ends others.
        resources: {},
        volumeMounts: [
          // What is mounted on the node later is seen too, and what is unmounted is not held.
          { name: 'host', mountPath: '/host', mountPropagation: 'HostToContainer' },
          { name: 'state', mountPath: '/nodemend' },
        ],
      },
    ],
    volumes: [
      { name: 'host', hostPath: { path: '/', type: 'Directory' } },
      { name: 'state', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    ],
  };
}
