import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { problems } from '../../src/problems/testing/all-problems.ts';
import { shellWord } from '../../src/transport/command/shell-word.ts';
import { loginUser, plannedNode, serviceAddress } from '../../testbed/testbed-plan.ts';
import type { TestTestbed } from '../../testbed/testing/test-testbed.ts';

/**
 * A machine with systemd, cron and journald on which an operator installs schedules: one of the nodes, because those
 * have all three. It has the packaged nodemend, a key, and a kubeconfig, and nothing else of this machine.
 */
export interface ScheduleFixture {
  readonly testbed: TestTestbed;
  /** Two Docker nodes, whose rule is kept. */
  readonly first: string;
  readonly second: string;
  /** As root of the machine. @returns both outputs @throws when it fails */
  readonly run: (script: string) => Promise<string>;
  /** nodemend of the machine, however it ends. */
  readonly nodemend: (...words: readonly string[]) => Promise<{ readonly exitCode: number; readonly output: string }>;
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
  const status = await testbed.status();
  const { folder, plan } = status;
  await copyProgram(folder.sshConfig, program);
  const access = parse(await readFile(folder.kubeconfig, 'utf8')) as {
    readonly clusters: readonly { readonly cluster: object }[];
  };
  // As pods call it: loopback of this machine is not the node's.
  const clusters = access.clusters.map((entry) => ({
    ...entry,
    cluster: { ...entry.cluster, server: `https://${serviceAddress}` },
  }));
  const host = (name: string): string =>
    `${name} ${plannedNode(plan, name).networkAddress} user=${loginUser} identity=/root/work/key\n`;
  const files = {
    key: await readFile(folder.identity, 'utf8'),
    known_hosts: await readFile(folder.knownHosts, 'utf8'),
    kubeconfig: stringify({ ...access, clusters }),
    rule,
    'one.hosts': host(first),
    'both.hosts': host(first) + host(second),
    'nodemend.yaml':
      `via: ssh\nlanguage: en\nssh:\n  user: ${loginUser}\n  identityFiles: [/root/work/key]\n` +
      '  knownHosts: [/root/work/known_hosts]\n',
    'tell.sh': '#!/bin/sh\n{ echo "$NODEMEND_SCHEDULE $NODEMEND_EXIT_CODE $NODEMEND_ERROR"; } >>/root/work/told\n',
  };
  const writes = Object.entries(files).map(([name, text]) => `printf %s ${shellWord(text)} >/root/work/${name}`);
  await testbed.root(machine, ['umask 077; mkdir -p /root/work', ...writes, 'chmod 700 /root/work/tell.sh'].join('\n'));
  const run = (script: string): Promise<string> =>
    testbed.root(
      machine,
      `cd /root/work\nexport HOME=/root NODEMEND_CONFIG=nodemend.yaml LC_ALL=C\n{ ${script}\n} 2>&1`,
    );
  const script = problems.find(({ meta }) => meta.id === 'container-logs')?.faultScript ?? '';
  return {
    testbed,
    first,
    second,
    run,
    nodemend: async (...words) => {
      const text = await run(
        `set +e; /usr/local/bin/nodemend ${words.map(shellWord).join(' ')} </dev/null; echo "exit $?"`,
      );
      const [, output = '', code = ''] = /^([\s\S]*)exit (\d+)\n$/.exec(text) ?? [];
      return { output, exitCode: Number(code) };
    },
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
