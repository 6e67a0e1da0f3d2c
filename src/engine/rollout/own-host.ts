import { readBootId, readMachineId } from '../journal/process-identity.ts';

/** The machine under this process, as far as it can be told from here. */
export interface OwnHost {
  /** Empty where it has none; in a container it is the image's, if anybody's. */
  readonly machineId: string;
  /** Of the kernel, which containers share. Empty where there is none. */
  readonly bootId: string;
  /** In a pod: the node it is on, as its manifest has it told (`spec.nodeName`); undefined where it does not. */
  readonly node: string | undefined;
  readonly inPod: boolean;
}

/** In `deploy/`, from the downward API. */
const nodeNameVariable = 'NODEMEND_NODE_NAME';

export function ownHost(environment: Readonly<Record<string, string | undefined>> = process.env): OwnHost {
  return {
    machineId: readMachineId(),
    bootId: readBootId(),
    node: environment[nodeNameVariable] || undefined,
    // kubelet sets it in every container (kubernetes.io/docs/concepts/services-networking/service, "Environment variables").
    inPod: environment['KUBERNETES_SERVICE_HOST'] !== undefined,
  };
}
