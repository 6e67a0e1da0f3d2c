import { readFile } from 'node:fs/promises';
import { arch, cpus, release, totalmem } from 'node:os';
import { mustRun } from '../../lab/node-root/run-program.ts';
import { isNodemendError } from '../../src/errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import { groupLabel } from '../node/kubelet-files.ts';
import type { PlannedNode } from '../testbed-plan.ts';

const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
/** In its annotation, its taint and its condition a Node says that it is a stand-in: nothing can run there. */
const mark = 'testbed.nodemend.dev/stand-in';

/** A Node object without a kubelet: what a kubelet would write of a node that runs Docker, and its lease. */
export class StandInNode {
  readonly #api: KubernetesApi;
  readonly #node: PlannedNode;
  readonly #reason: string;
  readonly #info: JsonObject;

  private constructor(api: KubernetesApi, node: PlannedNode, reason: string, info: JsonObject) {
    this.#api = api;
    this.#node = node;
    this.#reason = reason;
    this.#info = info;
  }

  static async open(api: KubernetesApi, node: PlannedNode, reason: string): Promise<StandInNode> {
    // `Docker version 20.10.24+dfsg1, build 297e128`
    const docker = /version ([^,+\s]+)/.exec(await mustRun('docker', 'dockerd', ['--version']))?.[1] ?? 'unknown';
    const osImage = /^PRETTY_NAME="?(.*?)"?$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? '';
    return new StandInNode(api, node, reason, {
      machineID: node.machineId,
      systemUUID: node.machineId,
      kernelVersion: release(),
      osImage,
      containerRuntimeVersion: `docker://${docker}`,
      // The version that it stands in for, told as what it is.
      kubeletVersion: 'v1.23.17+stand-in',
      kubeProxyVersion: 'v1.23.17+stand-in',
      operatingSystem: 'linux',
      architecture: arch() === 'x64' ? 'amd64' : arch(),
    });
  }

  /** A heartbeat of a node that runs: status and lease. */
  async beat(bootId: string): Promise<void> {
    const readySince = await this.#readySince();
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    await this.#api.patch(
      `/api/v1/nodes/${this.#node.name}/status`,
      { status: this.#status(bootId, now, readySince ?? now) },
      { type: 'strategic', project: () => undefined },
    );
    await this.#renewLease();
  }

  /** Since when it is Ready; undefined when it is not. The object is made when there is none. */
  async #readySince(): Promise<string | undefined> {
    const ready = (raw: object): string | undefined => {
      const { conditions = [] } = (raw as { readonly status: { readonly conditions?: readonly Condition[] } }).status;
      return conditions.find(({ type, status }) => type === 'Ready' && status === 'True')?.lastTransitionTime;
    };
    const { name } = this.#node;
    return this.#unlessMissing(
      () => this.#api.get(`/api/v1/nodes/${name}`, ready),
      () => this.#api.create('/api/v1/nodes', this.#object(), ready),
    );
  }

  async #renewLease(): Promise<void> {
    const { name } = this.#node;
    const spec = {
      holderIdentity: name,
      leaseDurationSeconds: 40,
      renewTime: new Date().toISOString().replace(/Z$/, '000Z'),
    };
    await this.#unlessMissing(
      () => this.#api.patch(`${leases}/${name}`, { spec }, { type: 'merge', project: () => undefined }),
      () =>
        this.#api.create(
          leases,
          { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec },
          () => undefined,
        ),
    );
  }

  async #unlessMissing<T>(act: () => Promise<T>, make: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return make();
      throw error;
    }
  }

  #object(): JsonObject {
    const { name, runtime } = this.#node;
    const { operatingSystem, architecture } = this.#info;
    const labels = {
      [groupLabel]: runtime,
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': operatingSystem ?? '',
      'kubernetes.io/arch': architecture ?? '',
    };
    const taints = [{ key: mark, value: 'true', effect: 'NoSchedule' }];
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels, annotations: { [mark]: this.#reason } },
      spec: { taints },
    };
  }

  #status(bootId: string, now: string, readySince: string): JsonObject {
    const { name, networkAddress } = this.#node;
    const reason = {
      reason: 'StandIn',
      message: `written by the testbed, there is no kubelet: ${this.#reason}`,
      lastHeartbeatTime: now,
    };
    const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({
      type,
      status: 'False',
      lastTransitionTime: readySince,
      ...reason,
    }));
    const resources = { cpu: String(cpus().length), memory: `${Math.floor(totalmem() / 1024)}Ki`, pods: '110' };
    return {
      addresses: [
        { type: 'InternalIP', address: networkAddress },
        { type: 'Hostname', address: name },
      ],
      capacity: resources,
      allocatable: resources,
      conditions: [...pressures, { type: 'Ready', status: 'True', lastTransitionTime: readySince, ...reason }],
      nodeInfo: { ...this.#info, bootID: bootId },
    };
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime: string;
}
