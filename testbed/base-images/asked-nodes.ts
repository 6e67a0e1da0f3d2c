import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { neededByNode } from '../../src/images/needed-images.ts';
import type { NodeImage, NodeImages } from '../../src/images/node-images.ts';
import { nodeView } from '../../src/images/node-view.ts';
import type { Operator } from '../../test/end-to-end/operator.ts';
import type { TestTestbed } from '../testing/test-testbed.ts';

/** Each of a real kubelet. */
export const runtimes = { 'containerd-1': 'containerd', 'containerd2-1': 'containerd2', 'docker-1': 'docker' } as const;
export type Node = keyof typeof runtimes;
export const nodes = Object.keys(runtimes) as readonly Node[];
export const pause = 'registry.k8s.io/pause:3.6';
export const agent = 'docker.io/library/agent:1';
export const proxy = 'registry.k8s.io/kube-proxy:v1.34.4';
export const calico = 'docker.io/calico/node:v3.28.2';

/** Whom the suites of base images ask; there from `beforeAll` on. */
export interface AskedNodes {
  readonly testbed: TestTestbed;
  readonly operator: Operator;
}

/** What a bundle has of base images now. @param name of its file, that no other has */
export async function bundleOf({ operator }: AskedNodes, name: string): Promise<Evidence> {
  const file = join(operator.folder, `${name}.json`);
  const { exitCode, stdout, stderr } = await operator.nodemend('bundle', '--only', 'base-images', '--out', file);
  expect(exitCode, stdout + stderr).toBe(0);
  return JSON.parse(readFileSync(file, 'utf8')) as Evidence;
}

export function viewOf(evidence: Evidence, node: string): ReturnType<typeof nodeView> {
  const found = evidence.nodes.find(({ name }) => name === node);
  if (found === undefined) throw new Error(`${node} is not in the bundle`);
  return nodeView(found, evidence, neededByNode(evidence));
}

export function imagesOf(evidence: Evidence, node: string): NodeImages {
  const { store } = viewOf(evidence, node);
  if (store.state !== 'seen') throw new Error(`${node}: ${JSON.stringify(store)}`);
  return store.value;
}

export const idOf = ({ id }: NodeImage): string => id ?? '';
