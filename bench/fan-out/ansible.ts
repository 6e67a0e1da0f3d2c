import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { MeasuredCommand } from '../measured-process.ts';
import { budgetSeconds } from './budget.ts';
import type { SshNodes } from './fixture.ts';

/** The last line that runs on Python 3.11, which Debian 12 has. */
const requirement = 'ansible-core==2.19.14';

export interface Ansible {
  readonly program: string;
  /** As it calls itself: `ansible-playbook [core 2.19.14]`. */
  readonly version: string;
}

/**
 * Ansible of PyPI in a folder of its own under the user's cache, made by the first call that may (some 20 s); else that
 * of the PATH. Undefined where there is neither.
 */
export function findAnsible(environment: NodeJS.ProcessEnv, mayInstall: boolean): Ansible | undefined {
  const own = join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'nodemend', 'bench', requirement);
  if (mayInstall && !isComplete(own)) install(own);
  const places = [...(isComplete(own) ? [join(own, 'bin')] : []), ...(environment['PATH'] ?? '').split(delimiter)];
  const program = places.map((place) => join(place, 'ansible-playbook')).find((path) => existsSync(path));
  if (program === undefined) return undefined;
  const { stdout, status } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? { program, version: stdout.split('\n')[0] ?? '' } : undefined;
}

function isComplete(folder: string): boolean {
  return existsSync(join(folder, 'complete'));
}

/**
 * A virtual environment has its path in its programs, so it is not moved to its name when it is complete, but marked.
 */
function install(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const steps = [
    ['python3', '-m', 'venv', '--clear', folder],
    [join(folder, 'bin', 'pip'), 'install', '--quiet', requirement],
  ] as const;
  const made = steps.every(([program, ...args]) => spawnSync(program, args, { stdio: 'ignore' }).status === 0);
  if (made) writeFileSync(join(folder, 'complete'), '');
  else rmSync(folder, { recursive: true, force: true });
}

const playbook = (scriptFile: string): readonly string[] => [
  '- hosts: all',
  '  gather_facts: false',
  '  tasks:',
  '    - ansible.builtin.command:',
  // A marker of its own for each node, as for bare ssh2.
  `        argv: [sh, -s, "{{ inventory_hostname | hash('md5') }}", "${budgetSeconds}"]`,
  `        stdin: "{{ lookup('ansible.builtin.file', '${scriptFile}') }}"`,
];

const configuration = (controlPaths: string): readonly string[] => [
  '[defaults]',
  'forks = 50',
  'timeout = 60',
  'interpreter_python = /usr/bin/python3',
  '[connection]',
  'pipelining = true',
  '[ssh_connection]',
  `control_path_dir = ${controlPaths}`,
];

/**
 * Ansible sending the same script to the same nodes as one task without facts, which is the least it can be asked:
 * pipelining, 50 forks, connections shared. It fails when it did not succeed on every node.
 */
export function ansibleCommand(
  { program }: Ansible,
  nodes: SshNodes,
  folder: string,
): Omit<MeasuredCommand, 'outputFile'> {
  const own = mkdtempSync(join(folder, 'a-'));
  const file = (name: string, lines: readonly string[]): string => {
    writeFileSync(join(own, name), `${lines.join('\n')}\n`);
    return join(own, name);
  };
  const inventory = file('inventory', [
    ...nodes.addresses,
    '[all:vars]',
    `ansible_port=${nodes.port}`,
    `ansible_user=${nodes.user}`,
    `ansible_ssh_private_key_file=${nodes.identityFile}`,
    `ansible_ssh_common_args="-F none -o UserKnownHostsFile=${nodes.knownHostsFile}"`,
    // One task needs its connection once; what is kept longer only delays the count of what the nodes used.
    'ansible_ssh_args="-o ControlMaster=auto -o ControlPersist=2s"',
  ]);
  const environment = {
    ...process.env,
    ANSIBLE_CONFIG: file('ansible.cfg', configuration(own)),
    ANSIBLE_HOME: own,
    ANSIBLE_NOCOLOR: '1',
  };
  return { program, args: ['-i', inventory, file('playbook.yaml', playbook(nodes.scriptFile))], env: environment };
}
