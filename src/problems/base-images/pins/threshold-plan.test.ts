import { expect, test } from 'vitest';
import type { Evidence } from '../../../evidence/evidence.ts';
import type { ProblemPlan } from '../../problem.ts';
import { diagnose } from '../diagnose.ts';
import { plan } from '../plan.ts';
import { configured } from '../testing/fixture-states.ts';
import { fixture, nothingRuns, type FixtureNode } from '../testing/fixture.ts';
import { kubeletHasThresholds } from './threshold-plan.ts';

const config = '/var/lib/kubelet/config.yaml';
const userArgs = '/etc/kubernetes/kubelet-user-args';
const unit = 'unit kubelet kubelet.service\nfragment kubelet.service /lib/systemd/system/kubelet.service\n';
const late = 'evictionHard:\n  imagefs.available: 5%\n  nodefs.available: 5%\n';

/** Only a hosts file names the node, so that no pod can hold anything there. */
function at(more: FixtureNode, units: string = unit): Evidence {
  const evidence = fixture(
    { images: nothingRuns, used: 84, withoutApi: true, kubelet: configured(late), ...more },
    'none',
  );
  const output = { exitCode: 0, encoding: 'utf8', output: units, truncated: false, errors: '' } as const;
  const nodes = evidence.nodes.map((node) => ({
    ...node,
    sections: { ...node.sections, 'systemd/units': { state: 'seen', value: output } as const },
  }));
  return { ...evidence, nodes };
}

const planned = (evidence: Evidence, ...remedies: readonly string[]): ProblemPlan =>
  plan({ evidence, findings: diagnose(evidence), remedies: new Set(remedies) });
const refusals = (evidence: Evidence, ...remedies: readonly string[]): readonly string[] =>
  planned(evidence, ...remedies).refused.map(({ key }) => key);

test('where nothing protects an image, kubelet’s thresholds are raised to its eviction, and it is restarted', () => {
  expect(planned(at({}), 'collection-thresholds')).toMatchObject({
    actions: [
      {
        kind: 'file',
        path: config,
        to: { content: `${late}imageGCHighThresholdPercent: 96\nimageGCLowThresholdPercent: 91\n` },
        why: { key: 'why.thresholds', params: { was: 85, high: 96 } },
      },
      {
        kind: 'service',
        unit: 'kubelet.service',
        disrupts: 'restart',
        daemonReload: false,
        verify: [{ check: 'base-images/kubelet-has-thresholds', args: ['file', config, '96', '91'] }],
      },
    ],
    refused: [],
  });
});

test('on NKS the arguments of users are the place, and the file that it manages is left alone', () => {
  const kubelet = [...configured(late), ...configured('KUBELET_USER_ARGS="--v=2"\n', userArgs)];
  const [file, restart] = planned(
    at({ kubelet }, `${unit}user-args kubelet.service\n`),
    'collection-thresholds',
  ).actions;

  expect(file).toMatchObject({
    path: userArgs,
    to: { content: 'KUBELET_USER_ARGS="--v=2 --image-gc-high-threshold=96 --image-gc-low-threshold=91"\n' },
  });
  expect(restart).toMatchObject({ daemonReload: true, verify: [{ args: ['flags', userArgs, '96', '91'] }] });
});

test('nothing of it happens unasked, nor where an image can be pinned, nor where there is nothing to gain', () => {
  const api = fixture({ images: nothingRuns, used: 84, kubelet: configured(late) });

  expect(refusals(at({}))).toEqual(['refused.pin-opt-in']);
  expect(refusals(at({}), 'pin-images')).toEqual(['refused.pin-impossible.no-api']);
  expect(refusals(api, 'collection-thresholds')).toEqual(['refused.thresholds-pin-instead']);
  expect(refusals(at({ kubelet: configured('') }), 'collection-thresholds')).toEqual(['refused.thresholds-no-gain']);
});

test('where it is not the threshold that takes images, thresholds are not said to keep them', () => {
  const aged = (age: string): FixtureNode => ({ kubelet: configured(`${late}imageMaximumGCAge: ${age}\n`) });
  const open = { images: nothingRuns, used: 60 };

  expect(refusals(at({ used: 96 }), 'collection-thresholds')).toEqual(['refused.thresholds-evicting']);
  // It has run for a day.
  for (const [age, text] of [
    ['12h', '12h'],
    ['90m', '90m'],
    ['48h0m1s', '172801s'],
  ] as const)
    expect(planned(at({ ...open, ...aged(age) }), 'collection-thresholds')).toMatchObject({
      actions: [],
      refused: [{ key: 'refused.thresholds-age', params: { age: text } }],
    });
});

test('images that their age takes later stay longer by it, and no longer than that', () => {
  const [file] = planned(
    at({ kubelet: configured(`${late}imageMaximumGCAge: 720h\n`) }),
    'collection-thresholds',
  ).actions;

  expect(file?.why).toEqual({ key: 'why.thresholds-aged', params: { file: config, was: 85, high: 96, age: '720h' } });
});

test('what cannot be edited for sure is said, with what to write', () => {
  const folded = configured('{"evictionHard":{"imagefs.available":"5%","nodefs.available":"5%"}}\n');

  expect(planned(at({ kubelet: folded }), 'collection-thresholds').refused).toMatchObject([
    { key: 'refused.thresholds-by-hand', params: { file: config, high: 96, low: 91 } },
  ]);
  expect(refusals(at({}, ''), 'collection-thresholds')).toEqual(['refused.thresholds-by-hand']);
});

test('its check takes percents alone, and believes the kubelet that was started since', () => {
  const verdict = (stdout: string): boolean => kubeletHasThresholds.judge({ exitCode: 0, stderr: '', stdout }).ok;
  const said = 'want file 96 91\nrunning 5\nchanged 9\n';

  expect(kubeletHasThresholds.admits(['file', config, '96', '91'])).toBe(true);
  expect(kubeletHasThresholds.admits(['file', config, '96; id', '91'])).toBe(false);
  expect(kubeletHasThresholds.admits(['file', '/a/../b', '96', '91'])).toBe(false);
  expect(verdict(`${said}key imageGCHighThresholdPercent 96\nkey imageGCLowThresholdPercent 91\n`)).toBe(true);
  expect(verdict(`${said}key imageGCHighThresholdPercent 96\n`)).toBe(false);
  expect(
    verdict(
      `${said}flag image-gc-high-threshold=80\nkey imageGCHighThresholdPercent 96\nkey imageGCLowThresholdPercent 91\n`,
    ),
  ).toBe(false);
  expect(verdict('want file 96 91\nrunning 50\nchanged 9\n')).toBe(false);
});
