import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { expect } from 'vitest';
import { problems } from '../../src/problems/testing/all-problems.ts';
import { openOperatorMachine, workFolder, type OperatorMachine } from '../../testbed/operator-machine.ts';
import { loginUser, plannedNode } from '../../testbed/testbed-plan.ts';
import type { TestTestbed } from '../../testbed/testing/test-testbed.ts';

/** With the packaged nodemend. */
export interface ScheduleFixture extends OperatorMachine {
  readonly testbed: TestTestbed;
  /** Two Docker nodes, whose rule is kept. */
  readonly first: string;
  readonly second: string;
  /** Takes a node's rule away. */
  readonly drift: (node: string) => Promise<void>;
  /** The rule that a node has now; empty when it has none. */
  readonly ruleOf: (node: string) => Promise<string>;
}

/** The rule that the operator wants everywhere. */
export const rule =
  '/var/lib/docker/containers/*/*.log {\n  daily\n  maxsize 50M\n  rotate 7\n  copytruncate\n  missingok\n  notifempty\n  compress\n}\n';

const [first, second] = ['docker-1', 'docker-2'];
const machine = 'containerd-1';

export async function openScheduleFixture(testbed: TestTestbed, program: string): Promise<ScheduleFixture> {
  const { folder, plan } = await testbed.status();
  await copyProgram(folder.sshConfig, program);
  const host = (name: string): string =>
    `${name} ${plannedNode(plan, name).networkAddress} user=${loginUser} identity=${workFolder}/key\n`;
  const operator = await openOperatorMachine(testbed, machine, {
    rule,
    'one.hosts': host(first),
    'both.hosts': host(first) + host(second),
    'tell.sh': `#!/bin/sh\n{ echo "$NODEMEND_SCHEDULE $NODEMEND_EXIT_CODE $NODEMEND_ERROR"; } >>${workFolder}/told\n`,
  });
  await operator.run('chmod 700 tell.sh');
  const script = problems.find(({ meta }) => meta.id === 'container-logs')?.faultScript ?? '';
  return {
    testbed,
    first,
    second,
    ...operator,
    drift: async (node) => void (await testbed.root(node, `set -- rule-missing\n${script}`)),
    ruleOf: (node) => testbed.root(node, 'cat /etc/logrotate.d/docker 2>/dev/null || true'),
  };
}

async function copyProgram(sshConfig: string, program: string): Promise<void> {
  const file = await open(program);
  try {
    const child = spawn(
      'ssh',
      ['-F', sshConfig, '-o', 'BatchMode=yes', machine, 'sudo install -m 755 /dev/stdin /usr/local/bin/nodemend'],
      { stdio: [file.fd, 'ignore', 'inherit'] },
    );
    expect(await new Promise((resolve) => void child.once('close', resolve))).toBe(0);
  } finally {
    await file.close();
  }
}
