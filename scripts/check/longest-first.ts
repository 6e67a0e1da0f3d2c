import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take longest, those of each project in that order. */
export const longest: readonly string[] = [
  'test/end-to-end/killed.root.test.ts',
  'src/transport/system-ssh/system-ssh-transport.root.test.ts',
  'src/actions/file/contract.root.test.ts',
  'test/end-to-end/cure.root.test.ts',
  'src/engine/rollout/killed.root.test.ts',
  'scripts/setup/packages.root.test.ts',
  'src/transport/local/local-transport.root.test.ts',
  'src/transport/ssh/ssh-transport.root.test.ts',
  'test/end-to-end/end-to-end.testbed.test.ts',
  'testbed/pull-failures.testbed.test.ts',
  'testbed/lifetime.testbed.test.ts',
  'src/transport/transports.testbed.test.ts',
  'test/hostile/running.testbed.test.ts',
  'test/hostile/nodes.testbed.test.ts',
  'testbed/cure.testbed.test.ts',
];

/**
 * Begins with the files that take longest, so that no worker is left with one of them when the others are done. vitest
 * does so by itself where it has run before; what it goes by otherwise is the size of a file, and the longest are a few
 * lines.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = longest.indexOf(relative(this.ctx.config.root, moduleId));
      return place === -1 ? longest.length : place;
    };
    const order = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    return (await super.sort(files)).toSorted((a, b) => order(a) - order(b) || rank(a) - rank(b));
  }
}
