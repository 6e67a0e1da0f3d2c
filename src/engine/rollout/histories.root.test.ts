import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import { put } from '../../../test/chroot/file-fixture.ts';
import { explored, playSeconds } from '../../../test/model/explored.ts';
import { histories } from '../../../test/model/history.ts';
import type { Fault } from '../../../test/model/memory-node.ts';
import { PlayedCluster, type PlayedNode } from '../../../test/model/played-cluster.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection } from '../../transport/transport.ts';

/** Where a script of a node is killed: before it has done its deed, and right after. */
const deaths: Readonly<Record<'died-early' | 'died-late', readonly string[]>> = {
  'died-early': ['move_onto "$temp" "$target" ||', 'note_staged\nset_phase "$action" staged', 'if ln "$mine"'],
  'died-late': ['flush_folder "$folder"\nnow=', '  make_folders\n  trap', '  rm -f "$mine"\n  flush_folder'],
};

function killedAt(script: string, fault: 'died-early' | 'died-late'): string {
  const line = deaths[fault].find((one) => script.includes(one));
  return line === undefined ? script : script.replace(line, () => `kill -9 $$\n${line}`);
}

function faulty(connection: NodeConnection, next: () => Fault | undefined): NodeConnection {
  return {
    ...connection,
    exec: async (request) => {
      const fault = next();
      const lost = new NodemendError('SSH_CONNECTION_LOST', { node: connection.node });
      if (fault === 'lost-before') throw lost;
      const isDeath = fault === 'died-early' || fault === 'died-late';
      const answer = await connection.exec(isDeath ? { ...request, script: killedAt(request.script, fault) } : request);
      if (fault === 'lost-after') throw lost;
      return answer;
    },
  };
}

function played(node: ChrootNode): PlayedNode {
  let renewed = 0;
  const lock = node.path('/var/lib/nodemend/lock');
  return {
    name: node.name,
    get machineId() {
      return readFileSync(node.path('/etc/machine-id'), 'utf8').trim();
    },
    read: (path) => (existsSync(node.path(path)) ? readFileSync(node.path(path), 'utf8') : undefined),
    write: (path, content) => put(node, content, path),
    connect: (next) => faulty(node.connect(), next),
    lockedBy: () => (existsSync(lock) ? readFileSync(lock, 'utf8').split('\n')[0] : undefined),
    loseRecords: (run) => rmSync(node.path(`/var/lib/nodemend/runs/${run}`), { recursive: true, force: true }),
    renew: () => {
      renewed += 1;
      rmSync(node.path('/var/lib/nodemend'), { recursive: true, force: true });
      rmSync(node.path('/etc/logrotate.d'), { recursive: true, force: true });
      node.outside('mkdir', '-p', node.path('/etc/logrotate.d'));
      put(node, 'delivered\n');
      writeFileSync(
        node.path('/etc/machine-id'),
        `${node.machineId.slice(0, 30)}${String(renewed).padStart(2, '0')}\n`,
      );
    },
  };
}

const seconds = playSeconds(15);

it(
  'the same on the real scripts: what is said is true, and there is a way on',
  { timeout: (seconds + 105) * 1000 },
  async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (moves) => {
        const nodes = ['worker-1', 'worker-2'].map((name) => new ChrootNode(name, 'dash'));
        try {
          const cluster = new PlayedCluster(nodes.map(played));
          // Few moves, because each takes a second.
          for (const move of moves.slice(0, 4)) await cluster.play(move);
          await cluster.setRight();
          count += 1;
        } finally {
          for (const node of nodes) node.remove();
        }
      }),
      { ...explored(1000), interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false, endOnFailure: true },
    );
    expect(count).toBeGreaterThan(0);
  },
);
