import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds that a test file took in a check of two processors, of those that took long. */
export const longest: Readonly<Record<string, number>> = {
  'test/end-to-end/end-to-end.testbed.test.ts': 404,
  'testbed/vm/virtual-machine.testbed.test.ts': 384,
  'testbed/closed-networks.testbed.test.ts': 327,
  'testbed/cure.testbed.test.ts': 297,
  'test/deploy/in-cluster.testbed.test.ts': 276,
  'testbed/base-images.testbed.test.ts': 231,
  'test/rolling-reboots/rolling-reboots.testbed.test.ts': 209,
  'src/engine/rollout/killed.root.test.ts': 200,
  'src/actions/image/image.root.test.ts': 183,
  'src/actions/file/contract.root.test.ts': 150,
  'test/deploy/roles.testbed.test.ts': 147,
  'test/image-nodes/reseed.root.test.ts': 147,
  'src/transport/system-ssh/system-ssh-transport.root.test.ts': 142,
  'src/actions/log-space/contract.root.test.ts': 135,
  'scripts/package.root.test.ts': 133,
  'testbed/nodes.testbed.test.ts': 124,
  'src/actions/boot-argument/contract.root.test.ts': 115,
  'scripts/setup/packages.root.test.ts': 113,
  'test/end-to-end/killed.root.test.ts': 113,
  'test/hostile/running.testbed.test.ts': 113,
  'testbed/registry/registries.testbed.test.ts': 106,
  'src/transport/transports.testbed.test.ts': 100,
  'src/actions/image/contract.root.test.ts': 97,
  'test/hostile/nodes.testbed.test.ts': 97,
  'test/end-to-end/pods.testbed.test.ts': 96,
  'src/engine/rollout/drain/reboot-histories.test.ts': 89,
  'src/transport/pod-exec/pod-life.testbed.test.ts': 88,
  'src/problems/container-logs/cure.root.test.ts': 85,
  'testbed/node-services.testbed.test.ts': 81,
  'test/end-to-end/three-hundred.root.test.ts': 77,
  'test/end-to-end/interrupted.root.test.ts': 76,
  'src/actions/image-pin/contract.root.test.ts': 75,
  'test/added-kind/added-kind.root.test.ts': 71,
  'src/actions/service/contract.root.test.ts': 70,
  'test/end-to-end/drift.root.test.ts': 70,
  'testbed/pull-failures.testbed.test.ts': 68,
  'src/problems/container-logs/rotation/verdicts.root.test.ts': 67,
  'test/deploy/drain-role.testbed.test.ts': 67,
  'src/problems/container-logs/rotation/checks/checks.root.test.ts': 65,
  'test/hostile/records.root.test.ts': 65,
  'src/transport/pod-exec/pod-transport.testbed.test.ts': 61,
  'test/deploy/pod-role.testbed.test.ts': 61,
  'testbed/partition.testbed.test.ts': 60,
  'src/actions/image/archive-contract.root.test.ts': 58,
  'src/transport/ssh/ssh-transport.root.test.ts': 58,
  'test/deploy/rate-limit.testbed.test.ts': 54,
  'test/end-to-end/cure.root.test.ts': 54,
  'testbed/lifetime.testbed.test.ts': 52,
  'src/actions/reboot/contract.root.test.ts': 51,
  'src/transport/local/local-transport.root.test.ts': 51,
  'scripts/image.root.test.ts': 49,
  'testbed/boot.testbed.test.ts': 49,
  'scripts/setup/node.root.test.ts': 44,
  'test/end-to-end/next-step.root.test.ts': 44,
  'test/end-to-end/reboot.root.test.ts': 44,
  'src/problems/container-logs/fixtures.root.test.ts': 41,
  'src/problems/volume-resize/volume-resize.testbed.test.ts': 40,
  'test/hostile/reading.testbed.test.ts': 40,
  'src/engine/rollout/preflight/preflight.testbed.test.ts': 39,
  'src/transport/pod-exec/pod-scripts.root.test.ts': 37,
  'src/problems/kernel-memory/boot-argument/bootstrap.root.test.ts': 36,
  'src/engine/admission/image-policy.testbed.test.ts': 35,
  'test/hostile/registries.long.test.ts': 35,
  'src/actions/image/containerd2-contract.root.test.ts': 34,
  'src/evidence/probe/prelude.root.test.ts': 34,
  'src/problems/image-pull/mirrors/registries.root.test.ts': 33,
  'src/actions/image/docker.root.test.ts': 31,
  'src/actions/node-state/node-lock.root.test.ts': 31,
  'src/engine/rollout/drain/drain.testbed.test.ts': 31,
  'src/engine/rollout/reboot.root.test.ts': 31,
  'src/problems/without-one.long.test.ts': 31,
  'test/end-to-end/free-room.root.test.ts': 31,
  'scripts/quick.root.test.ts': 30,
  'src/actions/log-space/log-space.root.test.ts': 30,
  'src/engine/pull-secret/pull-secret.testbed.test.ts': 30,
  'src/transport/command/cut-off.root.test.ts': 30,
  'testbed/stand-in.testbed.test.ts': 30,
  'lab/lifetime.root.test.ts': 28,
  'src/actions/image/archive.root.test.ts': 28,
  'src/actions/image/docker-contract.root.test.ts': 28,
  'src/cli/schedule/schedule.root.test.ts': 26,
  'src/engine/rollout/cluster-objects/cluster-objects.testbed.test.ts': 26,
  'src/problems/image-pull/retired/retired.testbed.test.ts': 26,
  'lab/lab.root.test.ts': 25,
  'test/end-to-end/json-contract.root.test.ts': 24,
  'test/end-to-end/trouble.root.test.ts': 23,
  'test/hostile/archives.long.test.ts': 23,
  'scripts/setup/registry.long.test.ts': 21,
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
 * lines. Where two projects run beside each other, each has done the same share of its own time at any moment, and they
 * end together. Of the testbed there is only room for two (`testbed/testing/place.ts`), and a worker that waits for room
 * does nothing else: begun as soon as there should be room, its files met one that takes longer than is written here, and
 * the workers waited for 300 of their 8,500 seconds.
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

/** Group after group; in each the projects' files by the share that is done before them, those of a project longest first. */
export function inTurns<File extends TestFile>(files: readonly File[]): readonly File[] {
  const groups = Map.groupBy(files, ({ groupOrder }) => groupOrder);
  return [...groups].toSorted(([a], [b]) => a - b).flatMap(([, group]) => turnsOf(group));
}

function turnsOf<File extends TestFile>(files: readonly File[]): readonly File[] {
  const begun = [...Map.groupBy(files, ({ project }) => project)].flatMap(([project, own]) => {
    const { seconds, atOnce } = projects[project] ?? other;
    const free = Array.from({ length: atOnce }, () => 0);
    const longestFirst = own
      .map((file) => ({ file, takes: longest[file.path] ?? seconds }))
      .toSorted((a, b) => b.takes - a.takes)
      .map(({ file, takes }) => {
        const at = Math.min(...free);
        free[free.indexOf(at)] = at + takes;
        return { file, at };
      });
    const end = Math.max(...free);
    return longestFirst.map(({ file, at }) => ({ file, share: at / end }));
  });
  return begun.toSorted((a, b) => a.share - b.share).map(({ file }) => file);
}
