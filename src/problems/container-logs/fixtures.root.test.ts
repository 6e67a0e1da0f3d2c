import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../test/private-root.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import { containerLogs } from './problem.ts';
import { fixtureEvidence, unobservedEvidence, type FixtureView } from './testing/fixture.ts';
import { fixtureRoot } from './testing/fixture-root.ts';
import fixtureScript from './testing/fixture.sh?raw';

/**
 * The fixtures are what the real probe prints in a real root with the real logrotate. Here each is made again and has
 * to give the same findings and the same plan. With NODEMEND_WRITE_FIXTURES=1 they are written again.
 */
const folder = join(import.meta.dirname, 'fixtures');
const isWriting = process.env['NODEMEND_WRITE_FIXTURES'] === '1';
const states = [...fixtureScript.matchAll(/^ {2}((?:pass|fail|warn|unknown)-[a-z-]+)\)/gm)].map(
  (match) => match[1] ?? '',
);

/** How a state is seen; all others from a hosts file, as root. */
const views: Readonly<Record<string, FixtureView>> = {
  'pass-rule-ok': { runtime: 'docker://20.10.24' },
  'pass-other-log-driver': { runtime: 'docker://19.3.15' },
  'fail-rule-missing': { runtime: 'docker://20.10.24' },
  'pass-kubelet-rotates': { runtime: 'containerd://1.6.21' },
  'fail-rule-fights-kubelet': { runtime: 'containerd://1.6.21' },
  'warn-rule-without-effect': { runtime: 'containerd://1.6.21' },
  'unknown-process-doubtful': { runtime: 'containerd://1.6.21' },
  'unknown-free-room': { runtime: 'containerd://1.6.21', user: '65534' },
  'unknown-needs-root': { user: '65534' },
  'pass-kubelet-rotates-configz': {
    runtime: 'containerd://1.6.21',
    kubelet: { state: 'seen', value: { containerLogMaxSize: '10Mi', containerLogMaxFiles: 5, maxPods: 110 } },
  },
  'unknown-kubelet-configz-forbidden': {
    runtime: 'containerd://1.6.21',
    kubelet: { state: 'unknown', reason: 'forbidden', detail: 'get nodes/proxy is not allowed' },
  },
  'unknown-kubelet-configz': {
    runtime: 'containerd://1.6.21',
    kubelet: { state: 'unknown', reason: 'timed-out', detail: 'no answer' },
  },
};

let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
});
afterAll(async () => {
  await root.close();
});

test('there is a state for each fixture and the other way round', () => {
  expect(states.length).toBeGreaterThan(30);
});

describe.each(states)('%s', (state) => {
  test('is found as its fixture says', async () => {
    const fresh = await fixtureEvidence(root, state, views[state]);
    if (isWriting) write(state, fresh);

    expect(told(fresh)).toEqual(told(read(state)));
    expect(JSON.stringify(fresh)).not.toContain('planted-secret');
  });
});

test.each([
  ['not-looked-at-rule-unknown', 'not-looked-at'],
  ['unknown-unreachable', 'unreachable'],
] as const)('%s', (name, why) => {
  if (isWriting) write(name, unobservedEvidence(why));

  expect(read(name)).toEqual(unobservedEvidence(why));
});

function write(state: string, evidence: Evidence): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${state}.json`), `${JSON.stringify(evidence, undefined, 1)}\n`);
}

function read(state: string): Evidence {
  return JSON.parse(readFileSync(join(folder, `${state}.json`), 'utf8')) as Evidence;
}

/** What does not depend on the disk of the machine. */
function told(evidence: Evidence): unknown {
  const findings = containerLogs.diagnose(evidence);
  const { actions, refused } = containerLogs.plan({ evidence, findings });
  const summary = findings.map(({ rule, status, text }: Finding) => ({ rule, status, text }));
  return { summary, actions, refused };
}
