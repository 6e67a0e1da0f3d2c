import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { shellWord } from '../src/transport/command/shell-word.ts';
import { loginUser, serviceAddress } from './testbed-plan.ts';
import type { TestTestbed } from './testing/test-testbed.ts';

/**
 * A machine with systemd, cron and journald from which an operator works: one of the nodes, because those have all
 * three. It has nodemend, a key, a kubeconfig and nothing else of this machine.
 */
export interface OperatorMachine {
  /** As root of the machine. @returns both outputs @throws when it fails */
  readonly run: (script: string) => Promise<string>;
  /** nodemend of the machine, however it ends. */
  readonly nodemend: (...words: readonly string[]) => Promise<{ readonly exitCode: number; readonly output: string }>;
}

/** Where the operator works. */
export const workFolder = '/root/work';

/**
 * @param files beside the key, `known_hosts` and `kubeconfig`, by name; `nodemend.yaml` adds to a configuration that
 *   reaches nodes by SSH
 */
export async function openOperatorMachine(
  testbed: TestTestbed,
  machine: string,
  { 'nodemend.yaml': more = '', ...files }: Readonly<Record<string, string>>,
): Promise<OperatorMachine> {
  const { folder } = await testbed.status();
  const access = parse(await readFile(folder.kubeconfig, 'utf8')) as {
    readonly clusters: readonly { readonly cluster: object }[];
  };
  // As pods call it: loopback of this machine is not the node's.
  const clusters = access.clusters.map((entry) => ({
    ...entry,
    cluster: { ...entry.cluster, server: `https://${serviceAddress}` },
  }));
  const all = {
    key: await readFile(folder.identity, 'utf8'),
    known_hosts: await readFile(folder.knownHosts, 'utf8'),
    kubeconfig: stringify({ ...access, clusters }),
    'nodemend.yaml':
      `via: ssh\nlanguage: en\nssh:\n  user: ${loginUser}\n  identityFiles: [${workFolder}/key]\n` +
      `  knownHosts: [${workFolder}/known_hosts]\n${more}`,
    ...files,
  };
  const writes = Object.entries(all).map(([name, text]) => `printf %s ${shellWord(text)} >${workFolder}/${name}`);
  await testbed.root(machine, [`umask 077; mkdir -p ${workFolder}`, ...writes].join('\n'));
  const run = (script: string): Promise<string> =>
    testbed.root(
      machine,
      `cd ${workFolder}\nexport HOME=/root NODEMEND_CONFIG=nodemend.yaml LC_ALL=C\n{ ${script}\n} 2>&1`,
    );
  return {
    run,
    nodemend: async (...words) => {
      const text = await run(
        `set +e; /usr/local/bin/nodemend ${words.map(shellWord).join(' ')} </dev/null; echo "exit $?"`,
      );
      const [, output = '', code = ''] = /^([\s\S]*)exit (\d+)\n$/.exec(text) ?? [];
      return { output, exitCode: Number(code) };
    },
  };
}
