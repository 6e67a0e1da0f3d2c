import fc from 'fast-check';
import { expect, it } from 'vitest';
import { explored, playSeconds } from '../../../test/model/explored.ts';
import { histories } from '../../../test/model/history.ts';
import { MemoryNode } from '../../../test/model/memory-node.ts';
import { PlayedCluster, type PlayedNode } from '../../../test/model/played-cluster.ts';
import { runs } from '../../../test/runs.ts';

function played(name: string): PlayedNode {
  const node = new MemoryNode(name);
  return {
    name,
    get machineId() {
      return node.machineId;
    },
    read: (path) => node.files.get(path),
    write: (path, content) => void node.files.set(path, content),
    connect: (next) => node.connect(next),
    lockedBy: () => node.lock?.run,
    loseRecords: (run) => void node.runs.delete(run),
    renew: () => {
      node.machineId += '+';
      node.lock = undefined;
      node.runs.clear();
      node.files.clear();
      node.files.set('/etc/logrotate.d/docker', 'delivered\n');
    },
  };
}

const seconds = playSeconds(12);

it(
  'whatever happens to operators, nodes and the network between them: what is said is true, and there is a way on',
  { timeout: (seconds + 60) * 1000 },
  async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (moves) => {
        count += 1;
        const cluster = new PlayedCluster(['worker-1', 'worker-2', 'worker-3'].map(played));
        for (const move of moves) await cluster.play(move);
        await cluster.setRight();
      }),
      { ...explored(1_500), interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false },
    );
    expect(count).toBeGreaterThan(runs(50));
  },
);
