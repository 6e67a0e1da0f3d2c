import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ContainerdNode } from '../../../test/chroot/containerd-node.ts';
import { DockerNode } from '../../../test/chroot/docker-node.ts';
import { contextOf, lock, perform } from '../../../test/chroot/file-fixture.ts';
import { buildModule } from '../../../testbed/go/go-module.ts';
import { containerd2 } from '../../../testbed/go/modules.ts';
import { tarOf } from '../../images/archive/testing/some-image.ts';
import type { ActionContext } from '../action.ts';
import type { ImageAction } from './image-action.ts';
import { imageKind } from './image.ts';
import { someImage } from './testing/some-image.ts';

const from = 'mirror.example.com/base/pause:3.6';
type Node = ContainerdNode | DockerNode;
/** Each with the real runtime, which is stopped by SIGSTOP. */
const nodes: Node[] = [];
const content = await tarOf([['hello', Buffer.from('hello\n')]]);
beforeAll(async () => {
  const programs = await buildModule(containerd2, { environment: process.env, report: () => undefined });
  nodes.push(new ContainerdNode('containerd-1', 'dash', { disk: '16m' }));
  nodes.push(new ContainerdNode('containerd-2', 'dash', { disk: '16m', programs }));
  nodes.push(new DockerNode('docker-1', 'dash'));
}, 300_000);
afterAll(() => {
  for (const node of nodes) node.remove();
});

/** The daemon is given a second or three to answer, not ten or thirty. */
function hurried(context: ActionContext): ActionContext {
  const { connection } = context;
  const soon = (script: string): string =>
    script
      .replaceAll('ctr --address', 'ctr --connect-timeout 1s --address')
      .replaceAll('--timeout 30s', '--timeout 3s')
      .replaceAll('docker_patience:-30', 'docker_patience:-3');
  return {
    ...context,
    connection: { ...connection, exec: (request) => connection.exec({ ...request, script: soon(request.script) }) },
  };
}

/** Under the name of the source. */
function hold(node: Node): Partial<ImageAction> {
  if (node instanceof ContainerdNode) return { digest: node.hold(from) };
  writeFileSync(node.path('tmp/image.tar'), content);
  const id = node.docker('import', node.path('tmp/image.tar'), from).trim();
  return { digest: id, configuration: id, runtime: 'docker', socket: '/var/run/docker.sock' };
}

function names(node: Node): string {
  return node instanceof ContainerdNode
    ? JSON.stringify(node.records())
    : node.docker('images', '--no-trunc', '--quiet');
}

/** Stops the runtime while this is done; it has to be given up, and to be told for what it is. */
async function whileStopped(node: Node, work: () => Promise<unknown>): Promise<void> {
  node.signal('SIGSTOP');
  const begun = performance.now();
  try {
    await expect(work(), node.name).rejects.toMatchObject({ code: 'RUNTIME_SILENT' });
  } finally {
    node.signal('SIGCONT');
  }
  // Docker is given 30 s where it is not hurried.
  expect(performance.now() - begun, node.name).toBeLessThan(30_000);
}

async function hangsEverywhere(node: Node): Promise<void> {
  const spec = someImage({ ...hold(node), source: { from: 'node', name: from } });
  const context = hurried(contextOf(node));
  await lock(node);
  const before = names(node);
  const apply = (): Promise<readonly string[]> => perform(imageKind.apply(spec), context);
  const undo = (): Promise<readonly string[]> => perform(imageKind.undo(spec), context);

  await whileStopped(node, apply);
  expect([names(node), await undo()], node.name).toEqual([before, ['undo already']]);

  rmSync(node.path('var/lib/nodemend'), { recursive: true });
  await lock(node);
  const [prepare, ...rest] = imageKind.apply(spec);
  await prepare?.perform(context);
  await whileStopped(node, () => perform(rest, context));
  expect([names(node), await undo()], node.name).toEqual([before, ['undo already']]);

  rmSync(node.path('var/lib/nodemend'), { recursive: true });
  await lock(node);
  expect((await apply()).at(-1), node.name).toBe('verify done');
  await whileStopped(node, () => imageKind.inspect(spec, context));
  await whileStopped(node, undo);
  expect(await imageKind.inspect(spec, context), node.name).toBe('applied');
  expect([await undo(), names(node)], node.name).toEqual([['undo done'], before]);
}

test(
  'a runtime that hangs is given up soon, at whichever step, and the node is as it was',
  { timeout: 240_000 },
  async () => {
    await Promise.all(nodes.map(hangsEverywhere));
  },
);
