import { expect, test } from 'vitest';
import type { Evidence, NodeEvidence } from '../../evidence/evidence.ts';
import { readPlan, planText } from '../read-plan.ts';
import type { Plan } from '../plan.ts';
import { planReboot } from './plan-reboot.ts';
import { rebootFindings } from './reboot-findings.ts';

const booted = 1_795_900_000;

function node(name: string, said: string | undefined): NodeEvidence {
  const section = { exitCode: 0, encoding: 'utf8', output: `btime ${booted}\n${said ?? ''}`, errors: '' } as const;
  return {
    name,
    address: '192.0.2.1',
    api: {
      state: 'seen',
      value: {
        uid: `uid-${name}`,
        createdAt: '',
        labels: {},
        taints: [],
        unschedulable: false,
        conditions: [],
        osImage: '',
        kernelVersion: '',
        containerRuntimeVersion: '',
        kubeletVersion: '',
        bootID: '',
        machineID: '',
      },
    },
    access:
      said === undefined
        ? { state: 'unknown', reason: 'unreachable', detail: 'no route' }
        : {
            state: 'seen',
            value: {
              transport: 'ssh',
              user: 'root',
              privilege: 'root',
              hostname: name,
              machineId: `machine-${name}`,
              bootId: `boot-${name}`,
              clockSkewMs: 0,
              tookMs: 1,
            },
          },
    sections:
      said === undefined
        ? {}
        : { 'packages/reboot-required': { state: 'seen', value: { ...section, truncated: false } } },
  };
}

const evidence: Evidence = {
  schema: 'nodemend.dev/evidence/v1',
  collectedAt: '2026-11-30T09:30:00Z',
  collector: { version: 'test' },
  scope: { via: 'ssh', targets: 'cluster', problems: ['reboot'] },
  cluster: {
    state: 'seen',
    value: {
      uid: { state: 'seen', value: 'cluster-1' },
      context: 'lab',
      server: 'https://lab',
      version: { state: 'seen', value: 'v1.33.0' },
    },
  },
  nodes: [
    node('away', undefined),
    node('done', 'manager dpkg\nhook /etc/kernel/postinst.d/unattended-upgrades\n'),
    node('mute', 'manager dpkg\n'),
    node('old', `file 0 81a4 ${booted + 60}\npackage linux-image-6.1.0-37-amd64\n`),
  ],
};

function planOf(ifRequired: boolean, reason?: string): Plan {
  return planReboot({ evidence, findings: rebootFindings(evidence, ifRequired), reason });
}

test('a node that requires it is rebooted; one that does not, or does not say, is left alone', () => {
  expect(rebootFindings(evidence, true).map(({ status, subject, text }) => [subject, status, text.key])).toEqual([
    [{ kind: 'node', name: 'away' }, 'unknown', 'findings.required.unseen'],
    [{ kind: 'node', name: 'done' }, 'pass', 'findings.required.no'],
    [{ kind: 'node', name: 'mute' }, 'unknown', 'findings.required.no-hook'],
    [{ kind: 'node', name: 'old' }, 'fail', 'findings.required.yes'],
  ]);
  expect(planOf(true)).toMatchObject({
    problems: ['reboot'],
    nodes: [{ name: 'old', uid: 'uid-old', machineId: 'machine-old', bootId: 'boot-old' }],
    actions: [{ kind: 'reboot', id: 'reboot:old', disrupts: 'reboot', bootId: 'boot-old', inForce: [] }],
    refused: [],
  });
});

test('a node that was named is rebooted whatever it says, but not one that nobody reached', () => {
  const { actions, refused } = planOf(false, 'firmware, CHG-7');

  expect(actions.map(({ node: name }) => name)).toEqual(['done', 'mute', 'old']);
  expect(actions[0]?.why).toEqual({ key: 'findings.requestedBecause', params: { reason: 'firmware, CHG-7' } });
  expect(refused).toMatchObject([{ problem: 'reboot', node: 'away', key: 'engine:node-unidentified' }]);
});

test('a plan of reboots is read again as it was written', () => {
  const plan = planOf(false, 'firmware');
  expect(readPlan(planText(plan), 'plan.json')).toEqual(plan);
  expect(planOf(false, 'another').hash).not.toBe(plan.hash);
});
