import { describe, expect, test } from 'vitest';
import { clusterActionKind, clusterActionSchema } from '../../actions/cluster-action-kinds.ts';
import { projectCinderConfig } from '../../evidence/cinder/collect-cinder-config.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { ProblemPlan } from '../problem.ts';
import { cinderDriver } from './cinder.ts';
import { clusterFaults } from './cluster-faults.ts';
import { diagnose } from './diagnose.ts';
import { mostOverhead } from './grown-claims.ts';
import { plan } from './plan.ts';
import { files, gib, password, stateOf, workloadsOf, type FixtureClaim, type FixtureState } from './testing/fixture.ts';
import { states } from './testing/fixture-states.ts';

const rulesOf = (state: FixtureState): readonly string[] =>
  diagnose(stateOf(state)).map(({ status, rule }) => `${status} ${rule}`);

function planOf(evidence: Evidence, asked = true): ProblemPlan {
  const remedies = new Set(asked ? ['rescan-on-resize'] : []);
  return plan({ evidence, findings: diagnose(evidence), remedies });
}

describe('where it can happen', () => {
  test.each([
    ['v1.19.99', 'pass before-csi'],
    ['v1.20.0', 'warn rescan-missing'],
    ['v1.34.3', 'warn rescan-missing'],
  ])('the server is %s', (version, said) => {
    expect(rulesOf({ version, config: files.off })[0]).toBe(said);
  });

  test.each([
    ['v1.17.9', 'findings.rescan-missing.too-old', false],
    ['v1.18.0', 'findings.rescan-missing.foreseen', true],
    ['v1.27.101-nks1', 'findings.rescan-missing.foreseen', true],
    ['latest', 'findings.rescan-missing.foreseen', true],
  ])('the driver is %s', (tag, key, remedy) => {
    expect(diagnose(stateOf({ config: files.off, tag }))[0]).toMatchObject({ text: { key }, remedy });
  });

  test('a driver without its object is known by its volumes, one migrated from Kubernetes as well', () => {
    expect(rulesOf({ drivers: [], config: files.off, claims: [{ name: 'data' }] })[0]).toBe('warn rescan-missing');
    expect(rulesOf({ drivers: [], config: files.off, claims: [{ name: 'x', driver: 'nfs.csi.k8s.io' }] })).toEqual([
      'pass no-cinder',
    ]);
  });
});

describe('whether a file system is as large as its volume', () => {
  const said = (claim: Partial<FixtureClaim>): string | undefined =>
    rulesOf({ claims: [{ name: 'data', ...claim }] })[1];

  test.each([
    [1, 50.582],
    [2, 102.148],
    [10, 260.73],
    [16, 429.129],
    [100, 2179.07],
    [500, 9131.75],
  ])('%d GiB made by mke2fs 1.47 are', (size, overheadMib) => {
    const bytes = size * gib - overheadMib * 1024 ** 2;

    expect(mostOverhead(size * gib)).toBeGreaterThan(overheadMib * 1024 ** 2);
    expect(said({ capacity: `${size}Gi`, bytes })).toBe('pass sizes-fine');
    // Grown by one GiB, up to sixteen; of larger ones less than what a file system keeps cannot be told.
    if (size <= 16) expect(said({ capacity: `${size + 1}Gi`, bytes })).toBe('fail not-grown');
  });

  test('to the byte', () => {
    const least = 20 * gib - mostOverhead(20 * gib);
    expect(said({ bytes: Math.ceil(least) })).toBe('pass sizes-fine');
    expect(said({ bytes: Math.ceil(least) - 1 })).toBe('fail not-grown');
  });

  test.each([
    ['ten minutes ago', '2026-11-26T00:00:00Z', 'fail not-grown'],
    ['just now', '2026-11-26T00:00:01Z', 'pass sizes-fine'],
  ])('a resize that is pending since %s', (_name, pendingSince, rule) => {
    expect(said({ bytes: 19.6 * gib, pendingSince })).toBe(rule);
  });

  test('what no pod has mounted grows when one does; where no kubelet was asked, that is not known', () => {
    const waits = { name: 'data', pendingSince: '2024-07-01T00:00:00Z' };
    expect(rulesOf({ claims: [waits] })).toEqual(['pass rescan-on', 'pass sizes-fine']);
    expect(rulesOf({ claims: [waits], kubelet: 'unread' })).toEqual([
      'pass rescan-on',
      'fail not-grown',
      'not-looked-at sizes-not-looked-at',
    ]);
  });

  test('claims of other drivers are left alone', () => {
    expect(rulesOf({ claims: [{ name: 'data', driver: 'nfs.csi.k8s.io', bytes: gib }] })).toEqual([
      'pass rescan-on',
      'pass sizes-fine',
    ]);
  });
});

describe('what is planned', () => {
  const missing = states['fail-rescan-missing']!;

  test('the one line, then both workloads by their real names', () => {
    const { clusterActions = [], refused } = planOf(missing);

    expect(refused).toEqual([]);
    expect(clusterActions.map(({ id, disrupts }) => [id, disrupts])).toEqual([
      ['secret-setting:kube-system/Secret/cinder-csi-cloud-config', undefined],
      ['workload-restart:kube-system/DaemonSet/csi-cinder-nodeplugin', 'restart'],
      ['workload-restart:kube-system/StatefulSet/csi-cinder-controllerplugin', 'restart'],
    ]);
    for (const action of clusterActions) {
      expect(clusterActionSchema.parse(action)).toEqual(action);
      expect(clusterActionKind(action.kind).isRecomputable(action, clusterActions)).toBe(true);
    }
    const [setting, restart] = clusterActions;
    expect(setting && clusterActionKind(setting.kind).preview(setting, (text) => text)).toMatch(
      /^@@ .* @@\n\+\[BlockStorage\]\n\+rescan-on-resize=true$/m,
    );
    expect(restart && clusterActionKind(restart.kind).isRecomputable(restart, [restart])).toBe(false);
  });

  test('of a switch that is off the line alone changes', () => {
    const [setting] = planOf(stateOf({ config: files['turned-off'] })).clusterActions ?? [];
    const lines =
      setting &&
      clusterActionKind(setting.kind)
        .preview(setting, (text) => text)
        .split('\n');

    expect(lines?.filter((line) => /^[-+ ]/.test(line) && !/^(?:---|\+\+\+)/.test(line))).toEqual([
      '-rescan-on-resize=false',
      '+rescan-on-resize=true',
    ]);
  });

  test('nothing of the Secret is in evidence, findings or plan', () => {
    for (const config of Object.values(files)) {
      const evidence = stateOf({ config, claims: [{ name: 'data', bytes: gib }] });
      expect(JSON.stringify([evidence, diagnose(evidence), planOf(evidence)])).not.toContain(password);
      expect(JSON.stringify(evidence)).not.toContain(Buffer.from(password).toString('base64').slice(2, -4));
    }
  });

  test.each<readonly [string, Evidence, string]>([
    [
      'the driver runs under another name',
      stateOf({ config: files.off, workloads: { ...workloadsOf('v1.20.3'), builtIn: [] } }),
      'parts-missing',
    ],
    ['the Secret cannot be changed', stateOf({ config: files.off, immutable: true }), 'immutable'],
    [
      'Helm keeps the Secret',
      stateOf({ config: files.off, metadata: { annotations: { 'meta.helm.sh/release-name': 'cinder' } } }),
      'managed',
    ],
    [
      'Argo CD keeps the driver',
      stateOf({
        config: files.off,
        workloads: workloadsOf('v1.20.3', 'RollingUpdate', { labels: { 'argocd.argoproj.io/instance': 'cinder' } }),
      }),
      'managed',
    ],
    [
      'pods are replaced by hand',
      stateOf({ config: files.off, workloads: workloadsOf('v1.20.3', 'OnDelete') }),
      'on-delete',
    ],
    ['no edit leaves the rest as it is', stateOf({ config: '[Global]\npassword=x\\\n' }), 'no-edit'],
  ])('nothing where %s', (_name, evidence, why) => {
    expect(planOf(evidence)).toMatchObject({ actions: [], refused: [{ key: `refused.${why}` }] });
    expect(planOf(evidence).clusterActions).toBeUndefined();
  });

  test('unless it is asked for: a fail is open then, a warning is not', () => {
    expect(planOf(missing, false).refused).toMatchObject([{ key: 'refused.rescan-not-asked' }]);
    expect(planOf(states['warn-rescan-missing']!, false).refused).toMatchObject([{ optional: true }]);
  });
});

test('the fault of the practice cluster is one that is found', () => {
  const objects = clusterFaults['rescan-missing']?.('worker-1').map(({ object }) => object) ?? [];
  const secret = objects.find(({ kind }) => kind === 'Secret') ?? {};

  expect(projectCinderConfig(secret)).toMatchObject({ rescan: 'absent', file: 'cloud-config' });
  expect(objects.map(({ kind }) => kind)).toEqual([
    'CSIDriver',
    'Secret',
    'DaemonSet',
    'StatefulSet',
    'PersistentVolume',
    'PersistentVolumeClaim',
  ]);
  expect(JSON.stringify(objects)).toContain(cinderDriver);
});
