import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../engine/diagnose.ts';
import { engineRefusals } from '../../../engine/engine-refusals.ts';
import { makePlan } from '../../../engine/make-plan.ts';
import type { Plan } from '../../../engine/plan.ts';
import { planText, readPlan } from '../../../engine/read-plan.ts';
import { parseMirror } from './mirror.ts';
import { containerLogs } from '../../container-logs/problem.ts';
import { node, section } from '../../container-logs/testing/node.ts';
import { evidenceOf } from '../../container-logs/testing/fixture.ts';
import { imagePull } from '../problem.ts';

/** A docker node without a daemon.json, as both problems' probes show it. */
function dockerNode(file = ['missing /etc/docker/daemon.json']): ReturnType<typeof node> {
  const daemon = section(['flag -H', 'running 3600', 'service docker.service', 'now 1800000000', ...file].join('\n'));
  return node({
    sections: {
      'docker/daemon': daemon,
      'container-logs/scheduler': section(
        'uptime 5000\nprocess cron\ncrontab /etc/crontab\t@daily\tlogrotate config:/etc/logrotate.conf\n' +
          'now 1800000000\nstate 1800000000 /var/lib/logrotate/status\n',
      ),
      'containerd/registries': section('no-containerd\n'),
      'systemd/units': section(
        'unit dockerd docker.service\nfragment docker.service /lib/systemd/system/docker.service\n',
      ),
    },
  });
}

function planned(evidence: ReturnType<typeof evidenceOf>, ...remedies: readonly string[]): Plan {
  const asked = { ...evidence, scope: { ...evidence.scope, problems: ['container-logs', 'image-pull'] } };
  const mirror = parseMirror('docker.io=https://mirror.example:5000');
  if (typeof mirror === 'string') throw new Error(mirror);
  const problems = [containerLogs, imagePull];
  return makePlan({
    evidence: asked,
    findings: diagnose(asked, problems).findings,
    problems,
    remedies: new Set(remedies),
    inputs: new Map([['image-pull', { mirror: [{ ...mirror, isOnly: false, authority: 'CERTIFICATE\n' }] }]]),
  });
}

const told = ({ actions }: Plan): readonly string[] => actions.map(({ problem, id }) => `${problem} ${id}`);

describe('a node whose daemon.json both problems would write', () => {
  test('the second has neither its file nor the reload that would have found the mirror missing', () => {
    const plan = planned(evidenceOf([dockerNode()]), 'daemon-log-opts', 'mirror');

    expect(told(plan)).toEqual(['container-logs file:worker-1:/etc/docker/daemon.json']);
    expect(plan.refused).toMatchObject([
      {
        problem: 'image-pull',
        node: 'worker-1',
        key: engineRefusals.conflict,
        params: {
          path: '/etc/docker/daemon.json',
          others: '/etc/docker/certs.d/mirror.example:5000/nodemend-mirror.crt, docker.service',
        },
      },
    ]);
    expect(readPlan(planText(plan), 'plan.json')).toEqual(plan);
  });

  test('one restart of docker a plan: the mirror waits for the next where limits wait for the restart', () => {
    const limited = '{ "log-opts": { "max-size": "10m" } }';
    const sum = createHash('sha256').update(limited).digest('hex');
    const file = [`file 81a4 0 0 ${limited.length} 1799999940 /etc/docker/daemon.json`, `sum ${sum}`, '', limited];
    const plan = planned(evidenceOf([dockerNode(file)]), 'docker-restart', 'mirror');

    expect(told(plan)).toEqual(['container-logs service:worker-1:docker.service']);
    expect(plan.refused).toMatchObject([{ problem: 'image-pull', params: { path: 'docker.service' } }]);
  });
});
