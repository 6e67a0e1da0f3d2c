import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problems } from '../problems/testing/all-problems.ts';
import type { Finding } from '../problems/problem.ts';
import { readBundle } from './bundle.ts';
import type { NodeEvidence, Section, Observed } from './evidence.ts';
import { byFact } from './older-sections.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const facts = problems.flatMap((problem) => problem.facts.map(({ key }) => key));

/** What people are told, and what a machine compares; where it was read is called otherwise by now. */
const said = ({ problem, rule, subject, status, fingerprint }: Finding): string =>
  JSON.stringify([problem, rule, subject, status, fingerprint]);

test('a bundle of 0.1 is read as what 0.1 said of it', async () => {
  const evidence = await readBundle(join(fixtures, 'written-by-0.1.json'));
  const before = JSON.parse(readFileSync(join(fixtures, 'said-by-0.1.json'), 'utf8')) as readonly Finding[];
  const asked = problems.filter(({ meta }) => evidence.scope.problems.includes(meta.id));
  const now = asked.flatMap(({ diagnose }) => diagnose(evidence));

  expect(asked).toHaveLength(2);
  expect(now.map(said).toSorted()).toEqual(before.map(said).toSorted());
  for (const { sections } of evidence.nodes)
    expect(Object.keys(sections).filter((key) => !facts.includes(key))).toEqual([]);
});

const section = (output: string): Observed<Section> => ({
  state: 'seen',
  value: { exitCode: 0, encoding: 'utf8', output, errors: '', truncated: false },
});
const outputOf = (seen: Observed<Section> | undefined): string | undefined =>
  seen?.state === 'seen' ? seen.value.output : seen?.state;
const unknown = { state: 'unknown', reason: 'timed-out', detail: 'over its time' } as const;

describe('what 0.1 read for one problem and for both', () => {
  // As the probes of 0.1 print it where docker runs as a unit.
  const running = 'flag -H\nrunning 5\nservice docker.service\nnow 9\nmissing /etc/docker/daemon.json\n';
  const timers =
    'uptime 9\nunit Id=logrotate.timer\nunit next=\nunit Id=docker.service\n' +
    'unit FragmentPath=/lib/systemd/system/docker.service\nunit next=\nunit Id=anacron.timer\nnow 9\n';
  const dockerUnits = 'unit dockerd docker.service\nfragment docker.service /lib/systemd/system/docker.service\n';
  const kubelet =
    'running 5\nservice kubelet.service\nfragment /usr/lib/systemd/system/kubelet.service\nuser-args\n' +
    'file 81a4 0 0 9 1 /k\nsum 0 /k\ntext 2 /k\nservice evil.service\nfragment /evil\n';

  test('both: the section that the other one points to', () => {
    const sections = byFact({
      'container-logs/docker-daemon': section(running),
      'image-pull/docker-daemon': section('as container-logs/docker-daemon\n'),
      'image-pull/docker-unit': section(
        'running 5\nservice docker.service\nfragment /lib/systemd/system/docker.service\n',
      ),
    });

    expect(Object.keys(sections)).toEqual(['docker/daemon', 'systemd/units']);
    expect(outputOf(sections['docker/daemon'])).toBe(running);
    expect(outputOf(sections['systemd/units'])).toBe(dockerUnits);
  });

  test('one that was lost stays lost, whatever the other problem says', () => {
    const sections = byFact({
      'image-pull/docker-daemon': section('no-docker\n'),
      'container-logs/docker-daemon': unknown,
    });

    expect(sections).toEqual({ 'docker/daemon': unknown });
  });

  test('image-pull alone', () => {
    expect(byFact({ 'image-pull/docker-daemon': section('no-docker\n') })).toEqual({
      'docker/daemon': section('no-docker\n'),
    });
  });

  test('container-logs alone: units stand among timers, and kubelet’s own before its files', () => {
    const sections = byFact({
      'container-logs/docker-daemon': section(running),
      'container-logs/scheduler': section(timers),
      'container-logs/kubelet': section(kubelet),
    });

    expect(outputOf(sections['container-logs/scheduler'])).toBe(timers);
    expect(outputOf(sections['systemd/units'])).toBe(
      `${dockerUnits}unit kubelet kubelet.service\nfragment kubelet.service /usr/lib/systemd/system/kubelet.service\n` +
        'user-args kubelet.service\n',
    );
  });

  test('a dockerd that is not a unit’s process has none', () => {
    const sections = byFact({
      'container-logs/docker-daemon': section('running 5\nnow 9\nmissing /etc/docker/daemon.json\n'),
      'container-logs/scheduler': section(timers),
    });

    expect(outputOf(sections['systemd/units'])).toBe('');
  });

  test('units with a part that was not seen are not seen', () => {
    const sections = byFact({ 'container-logs/scheduler': unknown, 'container-logs/kubelet': section(kubelet) });

    expect(sections['systemd/units']).toEqual(unknown);
  });

  test('what this release wrote stays as it is', () => {
    const sections: NodeEvidence['sections'] = { 'docker/daemon': section(running), 'later/fact': unknown };

    expect(byFact(sections)).toBe(sections);
  });
});
