import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ImagesDocument } from '../../src/app/documents/images/schema.ts';
import { operatorOf, type Operator } from '../../test/end-to-end/operator.ts';
import { pushNewImage } from '../registry/push-new-image.ts';
import type { TestbedStatus } from '../testbed-status.ts';
import { agentDaemonSet } from '../testing/agent-daemon-set.ts';
import { startTestTestbed, type TestTestbed } from '../testing/test-testbed.ts';

export const nodes = ['containerd-1', 'containerd2-1', 'docker-1'] as const;
export type Node = (typeof nodes)[number];
export const pause = 'registry.k8s.io/pause:3.6';
/** A DaemonSet runs from it. */
export const agent = 'registry.k8s.io/agent:1';
/** Nothing runs from it; the configuration names it. */
export const tool = 'registry.k8s.io/tool:1';
/** No node has it, and only the registry that wants a password. Too large to come in a moment. */
export const large = 'registry.k8s.io/large:1';
const inMirror = (name: string): string => name.replace('registry.k8s.io', 'mirror.test/k8s');

/** Of nodemend, beside how it reaches nodes; what it waits between two batches is under test elsewhere. */
export const settings = `
pod: { image: 'localhost/box:1' }
neededImages: ['${tool}']
imageSources: { names: [{ from: registry.k8s.io, to: mirror.test/k8s }] }
rollout: { soakSeconds: 0 }
`;

export interface Said {
  readonly exitCode: number | null;
  /** In one line, the exit code before it. */
  readonly text: string;
}

interface PodRun {
  readonly policy: 'Never' | 'IfNotPresent';
  readonly command: readonly string[];
  readonly until: 'Running' | 'Succeeded';
}

/** Three real runtimes in a subnet without a route, registries beside them that have what they need, and an operator. */
export class ClosedNodes {
  readonly testbed: TestTestbed;
  readonly status: TestbedStatus;
  readonly operator: Operator;
  #pods = 0;

  private constructor(testbed: TestTestbed, status: TestbedStatus) {
    this.testbed = testbed;
    this.status = status;
    const configuration = join(testbed.stateDir, 'closed.yaml');
    writeFileSync(configuration, readFileSync(status.folder.configuration, 'utf8') + settings);
    this.operator = operatorOf(undefined, { NODEMEND_CONFIG: configuration });
  }

  /** @param once what kubectl is told before the first change of a cluster */
  static async start(once: readonly (readonly string[])[]): Promise<ClosedNodes> {
    const size = { containerd: 1, containerd2: 1, docker: 1, closed: nodes };
    const testbed = await startTestTestbed(size, { name: 'closed', diskBytes: 1024 ** 3 });
    const made = new ClosedNodes(testbed, await testbed.status());
    for (const words of once) await testbed.kubectl(...words);
    await made.#fill();
    return made;
  }

  async end(): Promise<void> {
    this.operator.leave();
    await this.testbed.down();
  }

  async #fill(): Promise<void> {
    // Into the registry outside, from which the mirror fetches it, and into that of the closed nodes.
    await Promise.all([
      pushNewImage(this.status, 'k8s/agent:1'),
      pushNewImage(this.status, 'k8s/tool:1'),
      pushNewImage(this.status, 'k8s/large:1', { own: randomBytes(12_000_000), registry: 'internal' }),
    ]);
    await Promise.all(nodes.map((node) => this.root(node, pulledByHand(agent, node) + pulledByHand(tool, node))));
    const file = join(this.operator.folder, 'agent.yaml');
    writeFileSync(file, agentDaemonSet(agent));
    await this.testbed.kubectl('apply', '-f', file);
    await this.testbed.kubectl('-n', 'kube-system', 'rollout', 'status', 'daemonset/agent', '--timeout=90s');
  }

  root(node: Node, script: string): Promise<string> {
    return this.testbed.root(node, script);
  }

  /** What each name stands for. */
  async names(node: Node): Promise<ReadonlyMap<string, string>> {
    const lines = await this.root(
      node,
      node === 'docker-1'
        ? "docker images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}'"
        : "ctr -n k8s.io images ls | sed -n 's/^\\([^ ]*\\) .*\\(sha256:[0-9a-f]\\{64\\}\\) .*/\\1 \\2/p'",
    );
    const pairs = lines.split('\n').map((line) => line.split(' '));
    return new Map(pairs.map(([name = '', digest = '']) => [name, digest]));
  }

  /** As a person removes it; docker refuses to while a container of a pod that has ended is there. */
  lose(node: Node, name: string): Promise<string> {
    const ended = `docker ps --all --quiet --filter ancestor=${name} --filter status=exited`;
    return this.root(
      node,
      node === 'docker-1'
        ? `${ended} | xargs -r docker rm >/dev/null; docker rmi ${name}`
        : `ctr -n k8s.io images rm --sync ${name}`,
    );
  }

  /** With all that it is called there, CRI's own names too: nothing of it is left. */
  async loseWholly(node: Node, name: string): Promise<void> {
    const had = await this.names(node);
    const all = [...had].flatMap(([one, digest]) => (digest === had.get(name) ? [one] : []));
    await this.root(node, `ctr -n k8s.io images rm --sync ${all.join(' ')}`);
  }

  /** The real kubelet makes a sandbox and a container, of images that it may not pull. */
  async startsPod(node: Node, image: string): Promise<void> {
    await this.#run(node, image, { policy: 'Never', command: ['echo', 'it runs'], until: 'Succeeded' });
  }

  /**
   * The real kubelet pulls it, and its pod is gone again. It runs as long as it is there: kubelet removes what it wrote to with
   * it, and of one that has ended before only once a minute.
   */
  async pulledByKubelet(node: Node, image: string): Promise<void> {
    const running = { policy: 'IfNotPresent', command: ['sleep', '600'], until: 'Running' } as const;
    const pod = await this.#run(node, image, running);
    await this.testbed.kubectl('delete', 'pod', pod, '--wait=false');
  }

  /** @returns the pod */
  async #run(node: Node, image: string, { policy, command, until }: PodRun): Promise<string> {
    const pod = `${node}-${image.replaceAll(/.*\/|[^a-z0-9]/gu, '')}-${(this.#pods += 1)}`;
    const overrides = JSON.stringify({ spec: { nodeName: node, terminationGracePeriodSeconds: 0 } });
    const arguments_ = [`--image=${image}`, `--image-pull-policy=${policy}`, `--overrides=${overrides}`];
    await this.testbed.kubectl('run', pod, '--restart=Never', ...arguments_, '--', ...command);
    await this.testbed.kubectl('wait', `pod/${pod}`, `--for=jsonpath={.status.phase}=${until}`, '--timeout=60s');
    return pod;
  }

  async nodemend(...words: readonly string[]): Promise<Said> {
    const { exitCode, stdout, stderr } = await this.operator.nodemend(...words, '--lang', 'en');
    return { exitCode, text: `${exitCode} ${stdout}${stderr}`.replaceAll(/\s+/gu, ' ') };
  }

  async listed(): Promise<{ readonly exitCode: number | null; readonly document: ImagesDocument }> {
    const { exitCode, stdout, stderr } = await this.operator.nodemend('images', 'list', '-o', 'json');
    expect(stdout, stderr).not.toBe('');
    return { exitCode, document: JSON.parse(stdout) as ImagesDocument };
  }
}

/** As somebody without nodemend does it. */
export function pulledByHand(name: string, node: Node): string {
  const from = inMirror(name);
  return node === 'docker-1'
    ? `docker pull --quiet ${from} >/dev/null && docker tag ${from} ${name} && docker rmi ${from} >/dev/null\n`
    : `ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d ${from} >/dev/null &&
       ctr -n k8s.io images tag ${from} ${name} >/dev/null && ctr -n k8s.io images rm ${from} >/dev/null\n`;
}
