import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorCode } from '../../errors/catalogue.ts';

/** Something that people type, or have on their disk, which cannot work. */
export interface BadInput {
  /**
   * Behind `nodemend`, as in a shell without its quotes: `NAME=VALUE` in front sets a variable, and `@name` is a file of
   * `scratchFiles`.
   */
  readonly typed: string;
  readonly code: ErrorCode;
  /** In the cause: what is wrong, by the name that the user knows it by. */
  readonly cause: string;
  /** In the hint. */
  readonly next: string;
}

const row = (typed: string, code: ErrorCode, cause: string, next: string): BadInput => ({ typed, code, cause, next });

const unknownRun = '20261124-0931-container-logs-7f3a';

export const badInputs: readonly BadInput[] = [
  // The command line itself.
  row('diagnoze', 'USAGE', 'diagnoze is not a command', 'nodemend diagnose?'),
  row('frobnicate', 'USAGE', 'frobnicate is not a command', 'nodemend --help'),
  row('frobnicate --help', 'USAGE', 'frobnicate is not a command', 'nodemend --help'),
  row('--frob', 'USAGE', 'nodemend has no option --frob', 'nodemend --help'),
  row('lab brake', 'USAGE', 'brake is not a command of nodemend lab', 'nodemend lab --help'),
  row('diagnose --ouput json', 'USAGE', 'no option --ouput', '--output'),
  row('diagnose -o xml', 'USAGE', '--output cannot be xml', 'table'),
  row('diagnose --via telnet', 'USAGE', '--via cannot be telnet', 'ssh'),
  row('diagnose --kubeconfig', 'USAGE', '--kubeconfig requires a value', 'nodemend diagnose --help'),
  row('diagnose --hosts @hosts --context a', 'USAGE', 'cannot be used together', 'nodemend diagnose --help'),
  row('explain weather in Pangyo', 'USAGE', 'weather in Pangyo', 'container-logs'),
  row('explain x --message @hosts', 'USAGE', 'more arguments', 'nodemend explain --help'),
  row('explain --message @absent', 'INPUT_UNREADABLE', 'no such file or directory', '- for standard input'),
  row('plan container-log', 'USAGE', 'container-log is not a known problem', 'container-logs'),
  row('plan weather', 'USAGE', 'weather is not a known problem', 'container-logs'),
  row('plan container-logs --remedy magic', 'USAGE', 'magic is not a remedy', 'Remedies:'),
  row('apply', 'USAGE', 'requires an argument', 'nodemend apply --help'),
  row('completion tcsh', 'USAGE', 'tcsh', 'bash'),
  row('bundle', 'USAGE', 'requires --out', 'nodemend bundle --help'),

  // Numbers, sets and names.
  row('diagnose --port 0 --hosts @hosts', 'USAGE', '--port must be an integer', 'nodemend diagnose --help'),
  row('diagnose --timeout soon --hosts @hosts', 'USAGE', '--timeout must be an integer', 'nodemend diagnose --help'),
  row('prune --older-than soon', 'USAGE', '--older-than must be an integer', 'nodemend prune --help'),
  row('diagnose --hosts @hosts --bastion a:b:c', 'USAGE', 'a:b:c is not a valid bastion', '[user@]host[:port]'),
  row('diagnose --hosts @hosts --nodes worker-[1-', 'NODE_SET_INVALID', 'bracket', 'worker-[1-40,43]'),
  row('diagnose --hosts @hosts --nodes worker-[9-1]', 'NODE_SET_INVALID', 'range', 'worker-[1-40,43]'),
  row('diagnose --hosts @hosts --nodes worker-9', 'NODES_UNKNOWN', 'worker-9', 'worker-1'),
  row('apply container-logs --hosts @hosts --batches many', 'BATCH_SIZE_INVALID', 'many', '10%'),
  row('apply container-logs --hosts @hosts --allow magic', 'USAGE', '--allow cannot be magic', 'restart'),
  row('lab up --nodes 9999', 'USAGE', '--nodes must be an integer', 'nodemend lab up --help'),
  row('lab status --name NO', 'LAB_NAME_INVALID', 'NO is not a valid practice cluster name', 'lowercase letters'),
  row('lab status --name nothere', 'LAB_NOT_UP', 'nothere', 'nodemend lab up --name nothere'),
  row('lab break weather', 'USAGE', 'weather is not a known problem', 'container-logs'),
  row('lab break container-logs --fault magic', 'USAGE', '--fault cannot be magic', 'Use one of'),
  row('rate-limit --image UPPER/Case', 'USAGE', 'UPPER/Case', 'registry.example.com'),

  // The kubeconfig and the way to the API server.
  row('diagnose', 'KUBECONFIG_MISSING', '.kube/config', '--hosts FILE'),
  row(`force-unlock ${unknownRun}`, 'KUBECONFIG_MISSING', '.kube/config', 'Use --kubeconfig FILE, or download'),
  row('KUBECONFIG=@absent diagnose', 'KUBECONFIG_MISSING', 'absent', '--kubeconfig'),
  row('diagnose --kubeconfig @folder', 'KUBECONFIG_INVALID', 'is a folder', 'Specify the file in that folder'),
  row('diagnose --kubeconfig @hosts/config', 'KUBECONFIG_INVALID', '(not a directory)', 'ls -l'),
  row('diagnose --kubeconfig @broken.yaml', 'KUBECONFIG_INVALID', 'YAML line 2', 'kubectl config view'),
  row('diagnose --kubeconfig @empty.yaml', 'KUBECONFIG_CONTEXT_UNSET', 'has no contexts', 'Download the kubeconfig'),
  row('diagnose --kubeconfig @empty.yaml --context a', 'KUBECONFIG_CONTEXT_UNSET', 'has no contexts', '--kubeconfig'),
  row('diagnose --kubeconfig @unset.yaml', 'KUBECONFIG_CONTEXT_UNSET', 'No current context is set', 'refused, lookup'),
  row(
    'diagnose --kubeconfig @unset.yaml --context refusd',
    'KUBECONFIG_CONTEXT_UNKNOWN',
    'Context refusd does not exist',
    'refused,',
  ),
  row(
    'diagnose --kubeconfig @unset.yaml --context refused',
    'API_REFUSED',
    '127.0.0.1:1 was refused',
    'Check the port',
  ),
  row('diagnose --kubeconfig @unset.yaml --context lookup', 'API_DNS_FAILED', 'nodemend.invalid', 'DNS'),
  row('diagnose --kubeconfig @unset.yaml --context plugin', 'EXEC_PLUGIN_MISSING', 'no-such-plugin', 'PATH'),
  row('diagnose --kubeconfig @unset.yaml --context token', 'KUBECONFIG_FILE_UNREADABLE', 'absent', 'relative paths'),
  row('diagnose --kubeconfig @unset.yaml --context old', 'KUBECONFIG_AUTH_UNSUPPORTED', 'gcp', 'exec plugin'),
  row(
    'diagnose --kubeconfig @unset.yaml --context socks4',
    'KUBECONFIG_PROXY_UNSUPPORTED',
    'from proxy-url',
    'socks5://',
  ),
  row('diagnose --kubeconfig @unset.yaml --context proxied', 'API_PROXY_FAILED', '127.0.0.1:1', 'NO_PROXY'),
  row(
    'HTTPS_PROXY=ftp://proxy:2121 diagnose --kubeconfig @unset.yaml --context lookup',
    'KUBECONFIG_PROXY_UNSUPPORTED',
    'ftp://proxy:2121 from HTTPS_PROXY',
    'Set HTTPS_PROXY to',
  ),
  row(
    'https_proxy=http:// diagnose --kubeconfig @unset.yaml --context lookup',
    'KUBECONFIG_PROXY_UNSUPPORTED',
    'https_proxy is not a valid proxy address',
    'http://proxy.example.com:3128',
  ),

  // Files of the user.
  row('diagnose --config @absent', 'CONFIGURATION_UNREADABLE', 'no such file or directory', '--config'),
  row('diagnose --config @broken.yaml', 'YAML_SYNTAX_INVALID', 'line 2', 'Fix the line'),
  row('diagnose --config @key.yaml', 'YAML_KEY_UNKNOWN', 'unknown key langage', 'language'),
  row('diagnose --config @value.yaml', 'YAML_VALUE_INVALID', 'via', 'Expected:'),
  row('diagnose --config @open.yaml', 'CONFIGURATION_UNSAFE', 'every user', 'chmod o-w'),
  row('diagnose --hosts @absent', 'HOSTS_FILE_UNREADABLE', 'no such file or directory', '--hosts'),
  row('diagnose --hosts @pipe', 'HOSTS_FILE_UNREADABLE', '(not a regular file)', '--hosts'),
  row('diagnose --hosts /dev/zero', 'HOSTS_FILE_UNREADABLE', '(not a regular file)', '--hosts'),
  row('diagnose --hosts @large', 'HOSTS_FILE_UNREADABLE', '(larger than 16 MB)', '--hosts'),
  row('diagnose --hosts /dev/null', 'NO_TARGETS', 'No hosts found', 'one host per line'),
  row('diagnose --config @pipe', 'CONFIGURATION_UNREADABLE', '(not a regular file)', '--config'),
  row('diagnose --config @large', 'CONFIGURATION_UNREADABLE', '(larger than 16 MB)', '--config'),
  row('diagnose --kubeconfig @pipe', 'KUBECONFIG_INVALID', '(not a regular file)', '--kubeconfig'),
  row('diagnose --kubeconfig @large', 'KUBECONFIG_INVALID', '(larger than 16 MB)', '--kubeconfig'),
  row('diagnose --bundle @pipe', 'BUNDLE_UNREADABLE', 'not a regular file', 'Check the path'),
  row('apply @pipe --hosts @hosts', 'PLAN_UNREADABLE', '(not a regular file)', 'nodemend plan --out FILE'),
  row('rewrite @hosts --map @pipe', 'INPUT_UNREADABLE', '(not a regular file)', 'readable file'),
  row('explain --message @pipe', 'INPUT_UNREADABLE', '(not a regular file)', '- for standard input'),
  row('boot-argument @pipe --add cgroup.memory=nokmem', 'INPUT_UNREADABLE', '(not a regular file)', 'readable file'),
  row('user-script --base-images-file @pipe', 'IMAGE_LIST_INVALID', 'not a regular file', 'NAME=REPOSITORY'),
  row('diagnose --hosts @hosts --out @absent/found', 'OUTPUT_NOT_WRITTEN', 'no such file or directory', 'the folder'),
  row('bundle --hosts @hosts --out @hosts/bundle', 'OUTPUT_NOT_WRITTEN', '(not a directory)', 'the folder'),
  row('images export a --hosts @hosts --via ssh --out @folder', 'OUTPUT_NOT_WRITTEN', 'is a directory', 'the folder'),
  row(
    'images export a --hosts @hosts --via ssh --out @absent/a.tar',
    'OUTPUT_NOT_WRITTEN',
    'no such file',
    'the folder',
  ),
  row(
    'plan container-logs --hosts @hosts --via ssh --out @absent/plan',
    'OUTPUT_NOT_WRITTEN',
    'no such file',
    'folder',
  ),
  row('diagnose --hosts @folder', 'HOSTS_FILE_UNREADABLE', 'is a directory', '--hosts'),
  row('diagnose --hosts @nothing', 'NO_TARGETS', 'No hosts found', 'one host per line'),
  row('diagnose --hosts @ansible', 'HOSTS_FILE_INVALID', 'an Ansible inventory variable', 'web-1 10.0.0.1'),
  row('diagnose --hosts @ansible-user', 'HOSTS_FILE_INVALID', 'ansible_user', 'user=ubuntu'),
  row('diagnose --hosts @port', 'HOSTS_FILE_INVALID', '99999 is not a valid port', 'The format of a line is'),
  row('diagnose --hosts @twice', 'HOSTS_FILE_INVALID', 'on line 1', 'Remove one'),
  row('diagnose --hosts @swapped', 'HOSTS_FILE_INVALID', 'address comes before', 'web-1'),
  row('diagnose --bundle @absent', 'BUNDLE_UNREADABLE', 'no such file or directory', 'Check the path'),
  row('diagnose --bundle @hosts', 'BUNDLE_INVALID', 'not a valid nodemend bundle', 'nodemend bundle --out FILE'),
  row('diagnose --bundle @evidence.json', 'BUNDLE_VERSION_UNKNOWN', 'another version', 'nodemend that created it'),
  row(
    'apply @absent/plan.json --hosts @hosts',
    'PLAN_UNREADABLE',
    'no such file or directory',
    'nodemend plan --out FILE',
  ),
  row('apply @plan.json --hosts @hosts', 'PLAN_VERSION_UNKNOWN', 'plan.json', 'create a new plan'),
  row('rewrite @absent', 'INPUT_UNREADABLE', 'no such file or directory', 'a readable file or folder'),
  row('rewrite @folder', 'NO_MANIFEST', 'No YAML or JSON', 'contains manifests'),
  row('boot-argument @hosts --add cgroup.memory=nokmem', 'BOOT_ARGUMENT_REFUSED', 'GRUB_', '/etc/default/grub'),
  row('diagnose --to soon --hosts @hosts', 'USAGE', '--to must be a Kubernetes version, not soon', '--to 1.34'),
  row('images pin UPPER/Case', 'USAGE', 'UPPER/Case', 'nodemend images pin registry.k8s.io/pause:3.9'),
  row('images restore --for-version 9.1', 'USAGE', 'does not know which images Kubernetes 9.1 needs', 'from 1.23 to'),
  row('images restore --from worker-1', 'USAGE', 'worker-1 is not a source of images', 'nodemend images reseed'),
  row('user-script --base-images-file @hosts', 'IMAGE_LIST_INVALID', 'line 1', 'NAME=REPOSITORY@sha256:DIGEST'),
  row('container-logs diff --from @absent', 'SOURCE_UNREADABLE', 'no such file or directory', '--from'),
  row(
    'plan image-pull --from @hosts',
    'SOURCE_WITHOUT_PROBLEM',
    'container-logs',
    'nodemend plan container-logs --from FILE',
  ),
  row('plan --path /etc/x', 'USAGE', '--path requires --from', 'nodemend plan --help'),

  // Runs, approval and schedules.
  row('undo', 'NO_RUN_HERE', 'No run was started', 'nodemend history --from-nodes --via ssh'),
  row('undo latest', 'RUN_ID_INVALID', 'latest', 'nodemend history'),
  row(`undo ${unknownRun} --hosts @hosts --via local`, 'RUN_UNKNOWN', unknownRun, 'nodemend history'),
  row('resume latest', 'RUN_ID_INVALID', 'latest', 'nodemend history'),
  row('verify latest', 'RUN_ID_INVALID', 'latest', 'nodemend history'),
  row('force-unlock latest', 'RUN_ID_INVALID', 'latest', 'nodemend history'),
  row('prune --hosts @hosts --via pod', 'POD_NEEDS_API', 'API server', '--hosts'),
  row('user-script image-pull', 'USAGE', 'requires --mirror', 'nodemend user-script --help'),
  row(
    'schedule install --as cron --every day -- reboot',
    'SCHEDULE_COMMAND_REFUSED',
    'reboot',
    'Put the command after --',
  ),
  row(
    'schedule install --as cron --every day -- images restore --via ssh',
    'SCHEDULE_COMMAND_REFUSED',
    'images restore',
    'nodemend apply base-images --remedy restore-images',
  ),
  row(
    'schedule install --as cron --every day -- images pin registry.k8s.io/pause:3.9',
    'SCHEDULE_COMMAND_REFUSED',
    'images pin',
    'nodemend apply base-images --remedy pin-images',
  ),
  row('schedule remove nightly', 'SCHEDULE_UNKNOWN', 'nightly', 'nodemend schedule status'),
  row('schedule run nightly', 'SCHEDULE_UNKNOWN', 'nightly', 'nodemend schedule status'),
  row('pull-secret --registry ghcr.io/team --name a -n web', 'USAGE', 'ghcr.io/team', 'docker.io'),
  row('pull-secret --registry ghcr.io --name A -n web', 'USAGE', 'lowercase letters', 'registry-login'),
  row('diagnose --use-secrets Web', 'USAGE', 'Web', '--use-secrets web,ops'),
];

const contexts = `contexts:
  - {name: refused, context: {cluster: refused, user: plain}}
  - {name: lookup, context: {cluster: lookup, user: plain}}
  - {name: plugin, context: {cluster: refused, user: plugin}}
  - {name: token, context: {cluster: refused, user: token}}
  - {name: old, context: {cluster: refused, user: old}}
  - {name: socks4, context: {cluster: socks4, user: plain}}
  - {name: proxied, context: {cluster: proxied, user: plain}}
clusters:
  - {name: refused, cluster: {server: 'https://127.0.0.1:1'}}
  - {name: lookup, cluster: {server: 'https://api.nodemend.invalid:6443'}}
  - {name: socks4, cluster: {server: 'https://api.example.test:6443', proxy-url: 'socks4://127.0.0.1:1'}}
  - {name: proxied, cluster: {server: 'https://api.example.test:6443', proxy-url: 'http://127.0.0.1:1'}}
users:
  - {name: plain, user: {token: not-a-secret}}
  - {name: plugin, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin}}}
  - {name: token, user: {tokenFile: absent}}
  - {name: old, user: {auth-provider: {name: gcp}}}
`;

const texts: Readonly<Record<string, string>> = {
  hosts: 'worker-1 127.0.0.1\n',
  nothing: '# none yet\n',
  rule: '/var/lib/docker/containers/*/*.log {\n  daily\n  rotate 3\n  copytruncate\n}\n',
  ansible: '[web]\nweb-1 ansible_host=10.0.0.1 ansible_user=ubuntu\n',
  'ansible-user': 'web-1 10.0.0.1 ansible_user=ubuntu\n',
  port: 'web-1 10.0.0.1 port=99999\n',
  twice: 'web-1 10.0.0.1\nweb-1 10.0.0.2\n',
  swapped: '10.0.0.1 web-1\n',
  'broken.yaml': 'a: [1\n',
  'empty.yaml': 'apiVersion: v1\nkind: Config\n',
  'unset.yaml': contexts,
  'key.yaml': 'langage: ko\n',
  'value.yaml': 'via: telnet\n',
  'open.yaml': 'via: ssh\n',
  'evidence.json': '{"schema":"nodemend.dev/evidence/v9"}\n',
  'plan.json': '{"schema":"nodemend.dev/plan/v9"}\n',
};

/** A folder with the files that the rows name; `@absent` is none of them. */
export function scratchFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-bad-inputs-'));
  mkdirSync(join(folder, 'folder'));
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  chmodSync(join(folder, 'open.yaml'), 0o666);
  // It takes no room on the disk.
  writeFileSync(join(folder, 'large'), '', { mode: 0o600 });
  truncateSync(join(folder, 'large'), 16_000_001);
  // Nobody writes into it.
  spawnSync('mkfifo', ['-m', '0600', join(folder, 'pipe')]);
  return folder;
}
