import { networkAddress } from '../../lab/cluster/addresses.ts';
import type { HostileFixture } from './hostile-fixture.ts';

const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const name = 'hostile';
/** Of the nodes' network, and nobody's: a connection to it is neither taken nor refused within the webhook's second. */
const blackHole = networkAddress(240);

/**
 * An admission webhook that never answers stands before every write of a lease in nodemend's namespace; kubelets'
 * leases are elsewhere.
 */
export async function addSilentWebhook({ admin }: HostileFixture): Promise<void> {
  const webhook = {
    name: 'silent.hostile.test',
    clientConfig: { url: `https://${blackHole}/validate` },
    rules: [
      {
        operations: ['CREATE', 'UPDATE'],
        apiGroups: ['coordination.k8s.io'],
        apiVersions: ['v1'],
        resources: ['leases'],
      },
    ],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'nodemend' } },
    failurePolicy: 'Fail',
    timeoutSeconds: 1,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [webhook],
  };
  await admin.create(path, body, () => undefined);
}

export async function removeSilentWebhook({ admin }: HostileFixture): Promise<void> {
  await admin.remove(`${path}/${name}`);
}

/** Whether the API server uses it by now: a lease that would be made, and is not, is refused. */
export async function webhookIsInUse({ admin }: HostileFixture): Promise<boolean> {
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'dry-run' } };
  const options = { type: 'apply', fieldManager: 'hostile', dryRun: true, project: () => true } as const;
  return admin.patch('/apis/coordination.k8s.io/v1/namespaces/nodemend/leases/dry-run', lease, options).then(
    () => false,
    () => true,
  );
}
