import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { ContainerdNode } from '../../../../test/chroot/containerd-node.ts';
import { startFaultyRegistry, type FaultyRegistry } from '../../../../test/chroot/faulty-registry.ts';
import { contextOf, lock, perform, run } from '../../../../test/chroot/file-fixture.ts';
import { makeImage, type MadeImage } from '../../../../test/chroot/image-archive.ts';
import { startLocalRegistry, type LocalRegistry } from '../../../../test/chroot/local-registry.ts';
import { buildModule } from '../../../../testbed/go/go-module.ts';
import { containerd2 } from '../../../../testbed/go/modules.ts';
import { createAuthority, type Authority } from '../../../kubernetes/testing/authority.ts';
import type { ActionContext, StepResult } from '../../action.ts';
import type { ImageAction, RegistrySource } from '../image-action.ts';
import type { TextParams } from '../../../locales/translator.ts';
import { imageKind } from '../image.ts';
import { someImage } from './some-image.ts';

export const name = 'registry.k8s.io/pause:3.6';
export const repository = 'base/pause';
export const small = makeImage();
export const large = makeImage(randomBytes(2_000_000));

/** A real registry, and one that does wrong as it is told. */
interface Registries {
  readonly authority: Authority;
  readonly registry: LocalRegistry;
  readonly faulty: FaultyRegistry;
}

/** For as long as a test file runs. */
export function servedRegistries(): () => Registries {
  let served: Registries | undefined;
  beforeAll(async () => {
    const authority = await createAuthority('registries');
    const certificate = { commonName: 'registry', ip: ['127.0.0.1'], dns: ['mirror.example.com'] };
    const registry = await startLocalRegistry(await authority.issue(certificate));
    const faulty = await startFaultyRegistry(registry.host);
    for (const image of [small, large]) await registry.push(image, repository);
    served = { authority, registry, faulty };
  }, 300_000);
  afterAll(async () => {
    await served?.faulty.close();
    await served?.registry.close();
  });
  return () => {
    if (served === undefined) throw new Error('the registries are not up');
    return served;
  };
}

async function programsOf(version: '1.6' | '2'): Promise<{ readonly programs?: string }> {
  const options = { environment: process.env, report: () => undefined };
  return version === '2' ? { programs: await buildModule(containerd2, options) } : {};
}

/** A node whose containerd pulls from them, with the plugin that kubelet asks; before each test it has no image and no run. */
export class PullBench {
  readonly version: '1.6' | '2';
  private readonly registries: () => Registries;
  #node: ContainerdNode | undefined;
  #context: ActionContext | undefined;

  /** Has itself set up and taken away by the suite that makes it. */
  constructor(version: '1.6' | '2', registries: () => Registries) {
    this.version = version;
    this.registries = registries;
    beforeAll(async () => {
      this.#node = new ContainerdNode('worker-1', 'dash', { disk: '16m', cri: true, ...(await programsOf(version)) });
    }, 300_000);
    afterAll(() => this.#node?.remove());
    beforeEach(async () => {
      for (const record of this.node.records()) this.node.images('rm', '--sync', record.name);
      this.#context = contextOf(this.node);
      this.faulty.fault = {};
      await this.begin();
    });
  }

  get node(): ContainerdNode {
    if (this.#node === undefined) throw new Error('the node is not up');
    return this.#node;
  }

  get context(): ActionContext {
    if (this.#context === undefined) throw new Error('no test is under way');
    return this.#context;
  }

  get registry(): LocalRegistry {
    return this.registries().registry;
  }

  get faulty(): FaultyRegistry {
    return this.registries().faulty;
  }

  get authority(): Authority {
    return this.registries().authority;
  }

  /** The node knows of no run, and the next has its lock. */
  async begin(): Promise<void> {
    rmSync(this.node.path('var/lib/nodemend'), { recursive: true, force: true });
    await lock(this.node);
  }

  /** An action that has its image from this registry. */
  pulled(
    host: string,
    { digest }: MadeImage = small,
    change: Partial<RegistrySource> = {},
  ): ImageAction & { readonly source: RegistrySource } {
    const reference = `${host}/${repository}@${digest}`;
    const source = { from: 'registry', reference, hosts: 'plain-http', ...change } as const;
    // Twice what is transferred, where that is known.
    const needed = 12_000 + 2 * (change.parts ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
    const room = { path: '/var/lib/containerd', needed, keepFree: 1_000_000 };
    return { ...someImage({ digest, bytes: 3000, room }), source };
  }

  /** ctr on the node, in the namespace of CRI. */
  inside(...args: readonly string[]): string {
    return this.node.outside('chroot', this.node.root, 'ctr', '--namespace', 'k8s.io', ...args);
  }

  names(): readonly string[] {
    return this.node.records().map((record) => record.name);
  }

  /** Blobs, and what of downloads takes more than a block: what a wrong manifest said stays for a day. */
  content(): string {
    const store = this.node.path('var/lib/containerd/io.containerd.content.v1.content');
    return this.node.outside('find', store, '-type', 'f', '(', '-path', '*/blobs/*', '-o', '-size', '+4k', ')');
  }

  /** It says no, with this code and these words or params, and the node is as it was. */
  async refusesToPull(spec: ImageAction, code: string, said: RegExp | TextParams, given = this.context): Promise<void> {
    const before = this.names();
    const [prepare, fetch] = imageKind.apply(spec);
    expect(await prepare?.perform(given)).toMatchObject({ outcome: 'done' });
    const result = (await fetch?.perform(given)) as Extract<StepResult, { outcome: 'refused' }>;
    expect(result).toMatchObject({ outcome: 'refused', code });
    if (said instanceof RegExp) expect(result.detail).toMatch(said);
    else expect(result).toMatchObject({ params: said });
    expect(this.names()).toEqual(before);
    await perform(imageKind.undo(spec), given);
    expect([this.names(), readdirSync(this.node.path(`var/lib/nodemend/runs/${run}`))]).toEqual([before, []]);
  }
}
