import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileAction } from '../../test/chroot/file-fixture.ts';
import { serviceAction } from '../../test/chroot/service-fixture.ts';
import type { PlannedAction } from '../problems/problem.ts';
import { admitNodeActions, type AdmittedActions, type Grounds } from './admit-node-actions.ts';
import { engineRefusals } from './engine-refusals.ts';

const nodes = ['worker-1', 'worker-2', 'unseen'];
const grounds: Grounds = {
  bound: new Map(
    nodes.map((name) => [name, name === 'unseen' ? undefined : { name, machineId: `m-${name}`, bootId: 'b' }]),
  ),
  writes: new Map([
    ['logs', ['/etc/demo', '/etc/docker/']],
    ['pulls', ['/etc/docker/']],
  ]),
};

interface Part {
  readonly problem?: string;
  readonly node?: string;
  /** A file, or a unit where it ends with `.service`. */
  readonly at: string;
  readonly partOf?: string;
  readonly cures?: readonly string[];
}

function planned({ problem = 'logs', node = 'worker-1', at, partOf, cures = [`f-${problem}`] }: Part): PlannedAction {
  const base = { problem, node, cures, ...(partOf === undefined ? {} : { partOf }) };
  return at.endsWith('.service')
    ? { ...serviceAction({ unit: at }), ...base, id: `service:${node}:${at}` }
    : { ...fileAction({ path: at }), ...base, id: `file:${node}:${at}` };
}

const admit = (...parts: readonly Part[]): AdmittedActions => admitNodeActions(parts.map(planned), grounds);
const told = ({ actions }: AdmittedActions): readonly string[] => actions.map(({ problem, id }) => `${problem} ${id}`);

describe('what a problem does to a node', () => {
  it('is left out with the file that another problem has, and the refusal names all of it', () => {
    const result = admit(
      { at: '/etc/docker/daemon.json' },
      { problem: 'pulls', at: '/etc/docker/mirror.crt' },
      { problem: 'pulls', at: '/etc/docker/daemon.json' },
      { problem: 'pulls', at: 'docker.service' },
      { problem: 'pulls', node: 'worker-2', at: '/etc/docker/daemon.json' },
    );

    expect(told(result)).toEqual([
      'logs file:worker-1:/etc/docker/daemon.json',
      'pulls file:worker-2:/etc/docker/daemon.json',
    ]);
    expect(result.refused).toEqual([
      {
        problem: 'pulls',
        fingerprint: 'f-pulls',
        node: 'worker-1',
        key: engineRefusals.conflict,
        params: {
          node: 'worker-1',
          path: '/etc/docker/daemon.json',
          others: '/etc/docker/mirror.crt, docker.service',
        },
      },
    ]);
  });

  it('is left out with a file where it has no business, which keeps nobody else from anything', () => {
    const result = admit(
      { problem: 'pulls', at: '/etc/demo' },
      { problem: 'pulls', at: 'docker.service' },
      { at: '/etc/demo' },
      { at: 'docker.service' },
    );

    expect(told(result)).toEqual(['logs file:worker-1:/etc/demo', 'logs service:worker-1:docker.service']);
    expect(result.refused).toMatchObject([{ problem: 'pulls', key: engineRefusals.strayPath }]);
  });

  it('stays where it is a change of its own, in the order in which the problem planned', () => {
    const result = admit(
      { at: '/etc/demo', partOf: 'rule' },
      { at: '/etc/docker/daemon.json', partOf: 'limits' },
      { at: '/etc/docker/rule', partOf: 'rule' },
      { at: '/etc/shadow', partOf: 'other', cures: ['f-other', 'f-logs'] },
      { at: 'docker.service', partOf: 'limits' },
    );

    expect(told(result)).toEqual([
      'logs file:worker-1:/etc/demo',
      'logs file:worker-1:/etc/docker/daemon.json',
      'logs file:worker-1:/etc/docker/rule',
      'logs service:worker-1:docker.service',
    ]);
    expect(result.refused.map(({ fingerprint }) => fingerprint)).toEqual(['f-other', 'f-logs']);
    expect(result.actions.filter((action) => 'partOf' in action)).toEqual([]);
  });

  it('waits for the next plan where another problem restarts the same unit: an id is in a plan once', () => {
    const result = admit(
      { at: 'docker.service' },
      { problem: 'pulls', at: '/etc/docker/daemon.json' },
      { problem: 'pulls', at: 'docker.service' },
    );

    expect(told(result)).toEqual(['logs service:worker-1:docker.service']);
    expect(result.refused).toMatchObject([
      { key: engineRefusals.conflict, params: { path: 'docker.service', others: '/etc/docker/daemon.json' } },
    ]);
  });
});

const part = fc.record(
  {
    problem: fc.constantFrom('logs', 'pulls'),
    node: fc.constantFrom(...nodes),
    at: fc.constantFrom('/etc/demo', '/etc/docker/a', '/etc/docker/b', '/etc/shadow', 'docker.service'),
    partOf: fc.constantFrom('one', 'two'),
  },
  { requiredKeys: ['problem', 'node', 'at'] },
);

it('whatever is planned: each change whole or not at all, each place once, the order kept, each loss told and needed', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const drafted = parts.map((one, index) => ({ ...planned(one), why: { key: 'why', params: { index } } }));
      const { actions, refused } = admitNodeActions(drafted, grounds);
      const kept = actions.map(({ why }) => Number(why.params['index']));

      expect(kept).toEqual(kept.toSorted((a, b) => a - b));
      expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
      for (const [name, change] of Map.groupBy(
        drafted,
        ({ problem, node, partOf = '' }) => `${problem} ${node} ${partOf}`,
      )) {
        const ids = change.map(({ id }) => id);
        const isIn = change.map(({ why }) => kept.includes(why.params.index));
        expect(new Set(isIn).size, `${name} is whole or not there`).toBe(1);
        if (isIn[0] === true) continue;
        expect(refused.filter(({ problem, node }) => name.startsWith(`${problem} ${node} `))).not.toEqual([]);
        const isNeeded =
          name.includes('unseen') ||
          new Set(ids).size < ids.length ||
          parts.some(
            ({ at, problem }, index) => change.some(({ why }) => why.params.index === index) && isStray(at, problem),
          ) ||
          actions.some(({ id }) => ids.includes(id));
        expect(isNeeded, `${name} had to go`).toBe(true);
      }
    }),
  );
});

function isStray(at: string, problem: string | undefined): boolean {
  return at === '/etc/shadow' || (at === '/etc/demo' && problem === 'pulls');
}
