import { expect, test } from 'vitest';
import { containerLogs } from '../problem.ts';
import { diagnose } from '../diagnose.ts';
import { file, goodRule, mainText, node, section, type NodeParts } from '../testing/node.ts';
import { evidenceOf } from '../testing/fixture.ts';

/** Of what is not shown to be the node's own nothing is well, and nothing is planned, whatever was asked for. */
function told(parts: NodeParts): { readonly findings: readonly string[]; readonly actions: readonly string[] } {
  const evidence = evidenceOf([node(parts)]);
  const findings = diagnose(evidence);
  const remedies = new Set(containerLogs.meta.remedies);
  return {
    findings: findings.map((finding) =>
      [finding.status, finding.rule, ...(finding.status === 'unknown' ? [finding.reason] : [])].join(' '),
    ),
    actions: containerLogs.plan({ evidence, findings, remedies }).actions.map(({ id }) => id),
  };
}

const noRule = { files: [file('/etc/logrotate.conf', mainText)] };
const docker = 'process dockerd 7\ndocker-root /var/lib/docker\n';

test('a folder of docker’s that others than root can change gets no rule', () => {
  const parts: NodeParts = {
    ...noRule,
    runtime: 'process dockerd 7\nrefused owner /home/mallory/docker\n',
    logs: 'doubt docker-root owner\n',
  };
  // With a folder that is root's alone it would get one.
  expect(told({ ...noRule, runtime: docker }).actions).toEqual(['file:worker-1:/etc/logrotate.d/docker']);

  // With one that is root's alone it gets one.
  expect(told({ ...noRule, runtime: docker }).actions).toEqual(['file:worker-1:/etc/logrotate.d/docker']);
  expect(told(parts)).toEqual({ findings: ['unknown rule-unknown unproven'], actions: [] });
  expect(told({ ...parts, runtimeVersion: 'docker://20.10.24' }).actions).toEqual([]);
});

test('a configuration file of docker’s that was refused is unknown, and no other takes its place', () => {
  const parts: NodeParts = {
    runtime: docker,
    sections: { 'docker/daemon': section('flag --config-file\nrefused kind /etc/nologin\n') },
  };

  expect(told(parts)).toEqual({ findings: expect.arrayContaining(['unknown daemon-unknown unproven']), actions: [] });
});

test('a process that is only called dockerd makes nobody a docker node', () => {
  const pods = 'pods\nat shop_cart_u/app\n81a0 0 0 1 300 8 0.log\n';
  const parts: NodeParts = { runtime: 'doubt dockerd not-root\nprocess containerd 8\n', logs: pods };

  expect(told(parts)).toEqual({
    findings: ['unknown rule-unknown unproven', 'unknown process-doubtful unproven'],
    actions: [],
  });
  // What the API server says of the runtime stands, and the doubt beside it.
  const known = told({
    ...parts,
    runtimeVersion: 'containerd://1.6.21',
    files: [file('/etc/logrotate.conf', mainText), file('/etc/logrotate.d/x', goodRule)],
  });
  expect(known.findings).toContain('unknown process-doubtful unproven');
});

test.each([
  ['its file', 'option config=/home/mallory/config.yaml\nrefused owner /home/mallory/config.yaml\n'],
  ['its folder of drop-ins', 'option config-dir=/data/kubelet.d\nrefused writable /data/kubelet.d\n'],
])('kubelet’s limits are unknown where %s was refused', (_what, lines) => {
  const parts: NodeParts = {
    ...noRule,
    runtimeVersion: 'containerd://1.6.21',
    runtime: 'process containerd 1\nprocess kubelet 2\ndocker-root /var/lib/docker\n',
    logs: 'pods\nat shop_cart_u/app\n81a0 0 0 1 300 8 0.log\n',
    sections: { 'kubelet/configuration': section(`running 5\n${lines}`) },
  };

  expect(told(parts)).toEqual({
    findings: expect.arrayContaining(['unknown kubelet-limits-unknown unproven']),
    actions: [],
  });
});
