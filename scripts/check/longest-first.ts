import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds that a test file took in a check of two processors, of those that took long. */
export const longest: Readonly<Record<string, number>> = {
  'test/end-to-end/end-to-end.testbed.test.ts': 278,
  'testbed/vm/boot-argument.testbed.test.ts': 270,
  'test/rolling-reboots/rolling-reboots.testbed.test.ts': 240,
  'testbed/cure.testbed.test.ts': 235,
  'test/deploy/in-cluster.testbed.test.ts': 198,
  'src/actions/boot-argument/contract.root.test.ts': 180,
  'src/actions/file/contract.root.test.ts': 150,
  'src/actions/log-space/contract.root.test.ts': 120,
  'src/actions/image-pin/contract.root.test.ts': 60,
  'src/actions/image/contract.root.test.ts': 55,
  'src/actions/image/image.root.test.ts': 50,
  'src/actions/image/archive-contract.root.test.ts': 60,
  'test/image-nodes/reseed.root.test.ts': 35,
  'bench/reseed.root.test.ts': 25,
  'testbed/nodes.testbed.test.ts': 119,
  'src/engine/rollout/killed.root.test.ts': 111,
  'src/actions/reboot/contract.root.test.ts': 105,
  'src/engine/rollout/reboot.root.test.ts': 80,
  'test/hostile/running.testbed.test.ts': 96,
  'test/hostile/nodes.testbed.test.ts': 94,
  'src/transport/system-ssh/system-ssh-transport.root.test.ts': 92,
  'test/deploy/drain-role.testbed.test.ts': 80,
  'testbed/registry/registries.testbed.test.ts': 88,
  'src/transport/transports.testbed.test.ts': 87,
  'src/transport/pod-exec/pod-life.testbed.test.ts': 87,
  'testbed/base-images.testbed.test.ts': 100,
  'testbed/closed-networks.testbed.test.ts': 60,
  'scripts/package.root.test.ts': 63,
  'testbed/pull-failures.testbed.test.ts': 62,
  'test/deploy/roles.testbed.test.ts': 61,
  'testbed/partition.testbed.test.ts': 60,
  'src/actions/service/contract.root.test.ts': 80,
  'test/deploy/pod-role.testbed.test.ts': 57,
  'testbed/lifetime.testbed.test.ts': 56,
  'test/end-to-end/pods.testbed.test.ts': 55,
  'test/end-to-end/three-hundred.root.test.ts': 51,
  'scripts/setup/packages.root.test.ts': 49,
  'src/transport/ssh/ssh-transport.root.test.ts': 48,
  'src/actions/boot-argument/boot-argument.root.test.ts': 30,
  'src/transport/pod-exec/pod-transport.testbed.test.ts': 48,
  'test/deploy/rate-limit.testbed.test.ts': 44,
  'test/end-to-end/killed.root.test.ts': 41,
  'src/evidence/probe/prelude.root.test.ts': 39,
  'src/transport/local/local-transport.root.test.ts': 38,
  'src/transport/pod-exec/pod-scripts.root.test.ts': 36,
  'test/hostile/reading.testbed.test.ts': 35,
  'src/actions/log-space/log-space.root.test.ts': 28,
  'testbed/stand-in.testbed.test.ts': 27,
  'src/actions/node-state/node-lock.root.test.ts': 27,
  'test/end-to-end/cure.root.test.ts': 26,
  'src/engine/rollout/cluster-objects/cluster-objects.testbed.test.ts': 25,
  'scripts/image.root.test.ts': 25,
  'src/engine/admission/image-policy.testbed.test.ts': 25,
  'test/end-to-end/reboot.root.test.ts': 42,
  'lab/lifetime.root.test.ts': 25,
  'scripts/setup/node.root.test.ts': 22,
  'src/engine/pull-secret/pull-secret.testbed.test.ts': 22,
  'src/cli/schedule/schedule.root.test.ts': 22,
  'testbed/boot.testbed.test.ts': 50,
};

/** Seconds of any other file, as most of them take; and how many of a project run at once. */
const projects: Readonly<Record<string, { readonly seconds: number; readonly atOnce: number }>> = {
  testbed: { seconds: 15, atOnce: 2 },
};
const other = { seconds: 5, atOnce: 1 };

export interface TestFile {
  /** Below the checkout. */
  readonly path: string;
  readonly project: string;
  readonly groupOrder: number;
}

/**
 * Begins with the files that take longest, so that no worker is left with one of them when the others are done. vitest
 * does so by itself where it has run before; what it goes by otherwise is the size of a file, and the longest are a few
 * lines. Where two projects run beside each other, their files take turns by the time they take: of one there is only
 * room for two (`testbed/testing/place.ts`), and a worker that waits for room does nothing else.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const told = (await super.sort(files)).map((file) => ({
      file,
      path: relative(root, file.moduleId),
      project: file.project.name,
      groupOrder: file.project.config.sequence.groupOrder,
    }));
    return inTurns(told).map(({ file }) => file);
  }
}

/** Group after group; in each the projects' files in turns, those of a project longest first. */
export function inTurns<File extends TestFile>(files: readonly File[]): readonly File[] {
  const groups = Map.groupBy(files, ({ groupOrder }) => groupOrder);
  return [...groups].toSorted(([a], [b]) => a - b).flatMap(([, group]) => turnsOf(group));
}

function turnsOf<File extends TestFile>(files: readonly File[]): readonly File[] {
  const begun = [...Map.groupBy(files, ({ project }) => project)].flatMap(([project, own]) => {
    const { seconds, atOnce } = projects[project] ?? other;
    const free = Array.from({ length: atOnce }, () => 0);
    return own
      .map((file) => ({ file, takes: longest[file.path] ?? seconds }))
      .toSorted((a, b) => b.takes - a.takes)
      .map(({ file, takes }) => {
        const at = Math.min(...free);
        free[free.indexOf(at)] = at + takes;
        return { file, at };
      });
  });
  return begun.toSorted((a, b) => a.at - b.at).map(({ file }) => file);
}
