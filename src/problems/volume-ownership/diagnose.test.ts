import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { projectAttachment, projectClaim, projectVolume } from '../../evidence/volumes/project-volume.ts';
import type { Finding } from '../problem.ts';
import { clusterFaults } from './cluster-faults.ts';
import { diagnose } from './diagnose.ts';
import { cinder, clusterWith, words, type FixturePod } from './testing/fixture.ts';
import { states } from './testing/fixture-states.ts';

const timedOut = ['FailedMount', words['1.34']] as const;

function rulesOf(pod: Partial<FixturePod>, options: Parameters<typeof clusterWith>[1] = {}): readonly string[] {
  return diagnose(clusterWith([{ name: 'db-0', events: [timedOut], ...pod }], options)).map(({ rule }) => rule);
}

function commandOf(name: string): unknown {
  return diagnose(states[name]!)[0]?.text.params['command'];
}

const driver = (spec: Record<string, string | boolean>) => ({ drivers: [{ metadata: { name: cinder }, spec }] });

describe('what is said of an owner', () => {
  test('of one that nobody else keeps: the very command, which the shell takes word by word', () => {
    const command = String(commandOf('fail-ownership-recursive'));
    const [kubectl, ...args] = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
      .trim()
      .split('\n');

    expect([kubectl, ...args.slice(0, -1)]).toEqual(
      'kubectl -n shop patch statefulsets.apps/db --type merge -p'.split(' '),
    );
    expect(JSON.parse(args.at(-1) ?? '')).toEqual({
      spec: { template: { spec: { securityContext: { fsGroupChangePolicy: 'OnRootMismatch' } } } },
    });
  });

  test('a name of a bundle that somebody made up stays one word', () => {
    const is = "apps/v1 StatefulSet $(touch${IFS}/x);'";
    const [finding] = diagnose(clusterWith([{ name: 'db-0', owner: is, events: [timedOut] }], { workloads: [{ is }] }));

    expect(
      execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${String(finding?.text.params['command'])}`], {
        encoding: 'utf8',
      }),
    ).toContain("statefulsets.apps/$(touch${IFS}/x);'\n");
  });

  test.each([
    ['helm', 'helm', 'shop'],
    ['argo', 'argo-cd', 'shop'],
    ['flux', 'flux', 'shop'],
    ['kustomize', 'kustomize', 'kustomize'],
    ['addon', 'addon-manager', 'Reconcile'],
    ['olm', 'olm', 'database.v1'],
    ['other', 'other', 'werf'],
    ['operator', 'owner', 'Database/main'],
    ['custom', 'owner', 'Cache/main'],
    ['unseen', 'owner-unseen', 'StatefulSet/db'],
    ['job', 'job', ''],
    ['pod', 'pod', ''],
  ])('%s: it is named, and no command is given that it would revert', (name, how, by) => {
    const [{ text }] = diagnose(states[`fail-ownership-recursive-${name}`]!) as [Finding];

    expect(text).toMatchObject({ key: `findings.ownership-recursive.${how}`, params: { by, command: '' } });
    expect(String(text.params['at'])).toMatch(/securityContext$/);
  });

  test('pods of one Deployment are one finding, and the ReplicaSet between is not patched', () => {
    const owner = 'apps/v1 ReplicaSet web-7d9c';
    const evidence = clusterWith(
      ['web-a', 'web-b'].map((name) => ({ name, owner, events: [timedOut] })),
      { workloads: [{ is: owner, owner: 'apps/v1 Deployment web' }, { is: 'apps/v1 Deployment web' }] },
    );

    expect(diagnose(evidence)).toMatchObject([
      {
        subject: { kind: 'workload', namespace: 'shop', name: 'Deployment/web' },
        facts: { pods: ['web-a', 'web-b'], volumes: ['pvc-web-a', 'pvc-web-b'], drivers: [cinder] },
        remedy: false,
      },
    ]);
  });
});

describe('whether kubelet changes the owner is its own rule', () => {
  test.each([
    ['no policy', {}, {}, true],
    ['Always', { fsGroupChangePolicy: 'Always' }, {}, true],
    ['OnRootMismatch', { fsGroupChangePolicy: 'OnRootMismatch' }, {}, false],
    ['the group of root', { fsGroup: 0 }, {}, true],
    ['the driver says None', {}, driver({ fsGroupPolicy: 'None' }), false],
    ['the driver has no object', {}, { drivers: [] }, true],
  ])('%s', (_name, security, options, changes) => {
    expect(rulesOf({ security: { fsGroup: 1000, ...security } }, options)).toEqual([
      changes ? 'ownership-recursive' : 'mounts-fine',
    ]);
  });

  test.each([
    ['ReadWriteOncePod', ['ReadWriteOncePod'], 'ReadWriteOnceWithFSType', true],
    ['ReadWriteMany', ['ReadWriteMany'], 'ReadWriteOnceWithFSType', false],
    ['ReadWriteMany and File', ['ReadWriteMany'], 'File', true],
    ['one of several', ['ReadOnlyMany', 'ReadWriteOnce'], 'ReadWriteOnceWithFSType', true],
  ])('access modes: %s', (_name, accessModes, fsGroupPolicy, changes) => {
    expect(rulesOf({ volume: { accessModes } }, driver({ fsGroupPolicy }))).toEqual([
      changes ? 'ownership-recursive' : 'mounts-fine',
    ]);
  });

  test('without a type of file system only where the driver says File', () => {
    const volume = { source: { csi: { driver: cinder } } };
    expect(rulesOf({ volume })).toEqual(['mounts-fine']);
    expect(rulesOf({ volume }, driver({ fsGroupPolicy: 'File' }))).toEqual(['ownership-recursive']);
  });

  test('of what Kubernetes mounts itself a local disk, and no NFS; a migrated Cinder volume is its CSI driver', () => {
    const local = { source: { local: { path: '/data' } }, attached: 'absent' } as const;
    expect(rulesOf({ volume: local })).toEqual(['ownership-recursive']);
    expect(rulesOf({ volume: { source: { nfs: { path: '/' } }, attached: 'absent' } })).toEqual(['mounts-fine']);
    expect(
      projectVolume({
        metadata: { name: 'old', annotations: { 'pv.kubernetes.io/migrated-to': cinder } },
        spec: { claimRef: { name: 'data' }, cinder: { fsType: 'xfs' }, accessModes: ['ReadWriteOnce'] },
      }),
    ).toEqual({ name: 'old', driver: cinder, fsType: 'xfs', accessModes: ['ReadWriteOnce'] });
  });
});

describe('a volume that is not attached is another cause', () => {
  test.each([
    ['on its node', true, {}, 'ownership-recursive'],
    ['not yet', false, {}, 'volume-not-attached'],
    ['no attachment at all', 'absent', {}, 'volume-not-attached'],
    ['a driver that attaches nothing', 'absent', driver({ attachRequired: false }), 'ownership-recursive'],
  ] as const)('%s', (_name, attached, options, rule) => {
    expect(rulesOf({ volume: { attached } }, options)).toEqual([rule]);
  });

  test('attached to another node it is not attached', () => {
    const evidence = clusterWith([{ name: 'db-0', events: [timedOut] }]);
    if (evidence.cluster.state !== 'seen') throw new Error('it is seen');
    const volumes = evidence.cluster.value.volumes!;
    const attachments = { state: 'seen', value: [{ volume: 'pvc-db-0', node: 'worker-2', attached: true }] } as const;
    const elsewhere = { ...evidence.cluster.value, volumes: { ...volumes, attachments } };

    expect(diagnose({ ...evidence, cluster: { state: 'seen', value: elsewhere } })).toMatchObject([
      { rule: 'volume-not-attached', text: { params: { volume: 'pvc-db-0', node: 'worker-1' } } },
    ]);
  });
});

describe('when it was said', () => {
  const failed = (at: string) =>
    ['FailedMount', 'MountVolume.NewMounter initialization failed for volume "pvc-db-0" : no driver', at] as const;

  test.each([
    ['five minutes before it is over', '2026-11-25T23:55:00Z', 'mounts-fine'],
    ['longer ago it was another trouble', '2026-11-25T23:54:59Z', 'ownership-recursive'],
  ])('a mount that failed for a reason of its own: %s', (_name, at, rule) => {
    expect(rulesOf({ events: [timedOut, failed(at)] })).toEqual([rule]);
  });

  test('a mount that mount.nfs refused is told by nfs-locking, and not a second time here', () => {
    const source = { csi: { driver: 'nfs.csi.k8s.io', volumeHandle: 'nas' } };
    const drivers = [{ metadata: { name: 'nfs.csi.k8s.io' }, spec: { attachRequired: false, fsGroupPolicy: 'File' } }];
    const refused = [
      'FailedMount',
      'MountVolume.SetUp failed for volume "pvc-db-0" : rpc error: code = Internal desc = mount failed: exit status 32\n' +
        'Output: mount.nfs: rpc.statd is not running but is required for remote locking.\n',
    ] as const;
    const pod = { volume: { source, attached: 'absent' } } as const;

    expect(rulesOf({ ...pod, events: [timedOut] }, { drivers })).toEqual(['ownership-recursive']);
    expect(rulesOf({ ...pod, events: [timedOut, refused] }, { drivers })).toEqual(['mounts-fine']);
  });

  test('the latest list of volumes counts, of two kubelets that wrote them', () => {
    const other = ['FailedMount', words['1.23'].replace('=[data]', '=[other]'), '2026-11-26T00:02:00Z'] as const;
    expect(rulesOf({ events: [timedOut, other] })).toEqual(['mounts-fine']);
    expect(rulesOf({ events: [['FailedMount', words['1.23'], '2026-11-26T00:03:00Z'], other] })).toEqual([
      'ownership-recursive',
    ]);
  });
});

test('the faults of the practice cluster are what they are called', () => {
  for (const [fault, made] of Object.entries(clusterFaults)) {
    const objects = made('worker-1').map(({ object }) => object);
    const of = (kind: string) => objects.find((one) => one['kind'] === kind) ?? {};
    const kinds = [projectClaim(of('PersistentVolumeClaim')), projectVolume(of('PersistentVolume'))];

    expect(kinds).not.toContain(undefined);
    expect(projectAttachment(of('VolumeAttachment'))?.attached).toBe(fault === 'ownership-recursive');
  }
});
