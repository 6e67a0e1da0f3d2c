import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { createTexts } from '../../app/texts/texts.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { buildProgram } from '../program.ts';
import { runInProcess } from '../testing/run-in-process.ts';

/**
 * An option has an effect in the form in which a command is typed, or is refused before anything is asked: over all
 * options of all commands.
 */
const folder = mkdtempSync(join(tmpdir(), 'nodemend-without-effect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bundle = join(import.meta.dirname, '../../../examples/sick-cluster.json');
writeFileSync(join(folder, 'hosts'), 'worker-1 127.0.0.1 port=1 user=nobody\n');
writeFileSync(
  join(folder, 'docker.conf'),
  '/var/lib/docker/containers/*/*-json.log {\n  daily\n  rotate 5\n  copytruncate\n}\n',
);

const program = await buildProgram(createTexts('en', []), () => Promise.resolve());
const leaves = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
const pathOf = (command: Command): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
const commands = new Map(leaves(program).map((command) => [pathOf(command), command.options] as const));
const nameOf = ({ long }: Option): string => (long ?? '').slice('--'.length);

const run = '20261130-0900-container-logs-0000';
const cluster = ['kubeconfig', 'context'];
const choice = ['selector', 'nodes', 'node-group'];
const login = ['user', 'port', 'identity', 'bastion', 'known-hosts', 'host-keys'];
const pods = ['pod-image', 'pod-namespace'];
const access = [...login, ...pods, 'connect-timeout'];
const further = ['read-kubelet', 'custom-resources', 'use-secrets'];
const namespaces = ['namespace', 'all-namespaces'];
const draining = [
  'ignore-daemonsets',
  'no-ignore-daemonsets',
  'delete-emptydir-data',
  'force',
  'grace-period',
  'drain-timeout',
  'disable-eviction',
  'accept-uncertain',
];
const ofPods = ['blocking-pod-selector', 'allow-mixed-versions'];
const ofPrometheus = [
  'prometheus-ca',
  'prometheus-token-file',
  'prometheus-password-file',
  'alert-filter-regexp',
  'alert-filter-match-only',
  'alert-firing-only',
];
const inputs = [
  'verify-references',
  'allow-unverified',
  'mirror',
  'mirror-ca',
  'accept-digest',
  'mirror-only',
  'prevent',
  'override-gate',
  'argument-only',
];

/** What every command that goes onto nodes refuses, by the way there. */
const ways: Readonly<Record<string, readonly string[]>> = {
  '': [...access, 'timeout'],
  '--via ssh': pods,
  '--via system-ssh': pods,
  '--via pod': [...login, 'hosts'],
  '--via local': access,
  '--hosts hosts': [...cluster, 'selector', ...pods, ...further, 'all-namespaces'],
};

interface Form {
  readonly command: string;
  readonly typed: string;
  readonly refuses: readonly string[];
}

/** What the form of one command refuses beside that. */
const own: readonly Form[] = [
  ...['diagnose', 'plan'].map((command) => ({
    command,
    typed: `--bundle ${bundle}`,
    refuses: [...cluster, 'hosts', ...choice, 'via', ...access, 'timeout', ...further],
  })),
  { command: 'diagnose', typed: '', refuses: ['watch-interval'] },
  { command: 'diagnose', typed: '--watch', refuses: ['bundle', 'since', 'out'] },
  { command: 'diagnose', typed: '--hosts hosts', refuses: ['to'] },
  ...['container-logs diff', 'images list'].map((command) => ({
    command,
    typed: `--bundle ${bundle}`,
    refuses: [...cluster, 'hosts', ...choice, 'via', ...access, 'timeout'],
  })),
  {
    command: 'rate-limit',
    typed: `--bundle ${bundle}`,
    refuses: [...cluster, 'hosts', ...choice, 'via', ...access, 'use-secrets'],
  },
  { command: 'plan', typed: `--bundle ${bundle}`, refuses: ['out', 'output', 'show-hidden'] },
  {
    command: 'rate-limit',
    typed: `--bundle ${bundle}`,
    refuses: ['image', 'plain-http', 'yes', 'pulls', 'what-if', 'namespace', 'save-bundle'],
  },
  { command: 'rate-limit', typed: '', refuses: [...cluster, ...choice, 'yes', 'namespace', 'what-if', 'compare'] },
  { command: 'rate-limit', typed: '--hosts hosts', refuses: ['pulls', 'what-if'] },
  { command: 'rate-limit', typed: '--use-secrets web', refuses: [...choice, 'plain-http'] },
  {
    command: 'apply',
    typed: 'plan.json',
    refuses: ['remedy', 'from', 'path', 'approval', 'timeout', ...further, ...namespaces],
  },
  { command: 'apply', typed: 'plan.json', refuses: inputs },
  { command: 'apply', typed: 'plan.json --yes', refuses: ['dry-run'] },
  { command: 'reboot --nodes worker-1', typed: '--yes', refuses: ['dry-run', 'out'] },
  ...['images reseed busybox --from worker-1', 'images import images.tar'].map((command) => ({
    command,
    typed: '--yes',
    refuses: ['dry-run', 'out'],
  })),
  { command: 'images pin', typed: '--yes', refuses: ['dry-run', 'out'] },
  { command: 'images pin', typed: '--out plan.json', refuses: ['dry-run', 'yes'] },
  { command: 'images restore', typed: '--yes', refuses: ['dry-run', 'out'] },
  ...['apply container-logs --allow restart', 'reboot --nodes worker-1'].map((command) => ({
    command,
    typed: '',
    refuses: [...draining, ...ofPrometheus, 'allow-mixed-versions', 'wait-for-blockers', 'no-window'],
  })),
  ...['apply plan.json', 'reboot --nodes worker-1'].map((command) => ({
    command,
    typed: '--allow reboot --hosts hosts',
    refuses: [...draining, ...ofPods],
  })),
  { command: 'reboot --nodes worker-1', typed: '--out plan.json', refuses: ['dry-run', 'yes'] },
  ...['plan container-logs', 'apply container-logs'].map((command) => ({
    command,
    typed: '',
    refuses: ['path', ...inputs],
  })),
  {
    command: 'user-script',
    typed: '',
    refuses: ['path', 'mirror-ca', 'mirror-only', 'override-gate', 'argument-only'],
  },
  { command: 'user-script container-logs', typed: '', refuses: ['prevent'] },
  ...['container-logs sync --from docker.conf', 'apply container-logs'].map((command) => ({
    command,
    typed: '--yes',
    refuses: ['approval'],
  })),
  ...['undo', 'resume', 'verify'].map((command) => ({ command: `${command} ${run}`, typed: '', refuses: choice })),
  ...['undo', 'resume'].map((command) => ({ command: `${command} ${run}`, typed: '', refuses: ['plan-hash'] })),
  { command: 'history', typed: '', refuses: [...cluster, ...choice] },
  { command: 'history', typed: '--from-cluster', refuses: [...choice, ...access, 'hosts'] },
  { command: 'admission-policy', typed: '', refuses: [...cluster, 'yes', 'verbose'] },
  { command: 'admission-policy', typed: '--apply', refuses: ['out'] },
  { command: 'admission-policy', typed: '--remove', refuses: ['apply', 'allow', 'except-namespace', 'map', 'out'] },
  { command: 'rewrite .', typed: '', refuses: ['strict', 'backup'] },
  { command: 'rewrite .', typed: '--check', refuses: ['write', 'backup'] },
  { command: 'boot-argument grub --add a=b', typed: '', refuses: ['remove'] },
  { command: 'boot-argument grub --add a=b', typed: '--check', refuses: ['write'] },
  { command: 'explain', typed: '--message -', refuses: ['reference'] },
  { command: 'explain ImagePullBackOff', typed: '', refuses: ['message', 'reference'] },
  { command: 'pull-secret --registry r.io --name n -n web', typed: '--password-stdin', refuses: ['credential-helper'] },
  ...(['systemd', 'cron'] as const).map((kind) => ({
    command: 'schedule install',
    typed: `--as ${kind}`,
    refuses: ['image', 'out', ...(kind === 'cron' ? ['spread'] : [])],
  })),
  { command: 'schedule install', typed: '--as cronjob', refuses: ['spread', 'on-failure', 'yes'] },
];

/** Of these it is said here that they have an effect wherever no form above refuses them. */
const otherwiseUsed = new Set(
  `lang config output all base-images-file only threshold since watch name yes verbose allow canary batches max-unavailable 
   max-failures soak plan older-than from-nodes registry service-account username password-stdin plain-http map
   mentions verify layout add check as every at cap if-due sha256 discard-edits fault remove kubeconfig
   context nodes node-group from path remedy from-cluster bundle to via hosts out plan-hash show-hidden
   namespace mirror image-builder batches-within window prometheus-url if-required reason bandwidth unpin
   for-version accept-digest authfile from-archive`.split(/\s+/u),
);

const onNodes = [...commands].filter(([, options]) => options.some(({ long }) => long === '--via'));
const mandatory: Readonly<Record<string, string>> = {
  apply: 'container-logs',
  reboot: '--nodes worker-1',
  'images reseed': 'busybox --from worker-1',
  'images export': 'busybox --out images.tar',
  'images import': 'images.tar',
  'container-logs sync': '--from docker.conf',
  bundle: '--out saved.json',
  undo: run,
  resume: run,
  verify: run,
};
const forms: readonly Form[] = [
  ...onNodes.flatMap(([command]) =>
    Object.entries(ways).map(([typed, refuses]) => ({
      command: `${command} ${mandatory[command] ?? ''}`.trim(),
      typed,
      refuses,
    })),
  ),
  ...own,
];

function commandOf({ command }: Form): string {
  const words = command.split(' ');
  return commands.has(words.slice(0, 2).join(' ')) ? words.slice(0, 2).join(' ') : (words[0] ?? '');
}

/** A value as it could be typed; a flag has none. */
function valueOf(option: Option): readonly string[] {
  if (!option.required && !option.optional) return [];
  const values: Readonly<Record<string, string>> = {
    namespace: 'web',
    'what-if': 'deployment/web=2',
    'plan-hash': '0'.repeat(64),
    compare: 'before.json',
    output: 'json',
  };
  return [values[nameOf(option)] ?? option.argChoices?.at(-1) ?? '5'];
}

test('there are forms, and each says something of an option', () => {
  expect(onNodes.length).toBeGreaterThan(10);
  for (const form of own) expect(refusedOf(form).length, `${form.command} ${form.typed}`).toBe(form.refuses.length);
});

test.each(forms.map((form) => [`${form.command} ${form.typed}`.trim(), form] as const))(
  '%s: what has no effect is refused before anything is asked',
  async (_typed, form) => {
    const ends = await Promise.all(refusedOf(form).map(async (option) => endOf(argvOf(form, option), option)));
    expect(ends.filter((end) => end !== 'refused')).toEqual([]);
  },
);

function refusedOf(form: Form): readonly Option[] {
  return (commands.get(commandOf(form)) ?? []).filter((option) => form.refuses.includes(nameOf(option)));
}

async function endOf(argv: readonly string[], option: Option): Promise<string> {
  // Nobody answers there: who asks first ends otherwise.
  const environment = { HOME: folder, XDG_STATE_HOME: folder, KUBECONFIG: join(folder, 'nowhere') };
  const { error, code } = await runInProcess(argv, { environment, workingFolder: folder });
  if (!isNodemendError(error)) return `${argv.join(' ')}: ${error instanceof Error ? error.message : `exit ${code}`}`;
  // Pods and a hosts file: said by the session. A second answer to what is asked: said by its own words.
  const isOwn = error.code === 'POD_NEEDS_API' || error.params['context'] === 'excess';
  const isRefused = error.code === 'USAGE' || error.code === 'SCHEDULE_COMMAND_REFUSED';
  const isNamed = JSON.stringify(error.params).includes(`--${nameOf(option)}`);
  return isOwn || (isRefused && isNamed) ? 'refused' : `${argv.join(' ')}: ${error.code} ${error.message}`;
}

function argvOf({ command, typed }: Form, option: Option): readonly string[] {
  const words = [...command.split(' '), ...typed.split(' ')].filter((word) => word !== '');
  const scheduled = command === 'schedule install' ? ['--', 'diagnose'] : [];
  return [...words, `--${nameOf(option)}`, ...valueOf(option), ...scheduled];
}

describe('whatever else there is', () => {
  test.each([...commands])('of %s has an effect in all its forms', (command, options) => {
    const refused = new Set(forms.filter((form) => commandOf(form) === command).flatMap(({ refuses }) => refuses));
    const strange = options.map(nameOf).filter((name) => !refused.has(name) && !otherwiseUsed.has(name));
    expect(strange).toEqual([]);
  });
});

describe('a malformed set of nodes is told before anybody is asked which nodes there are', () => {
  const withSets = [...commands].flatMap(([command, options]) =>
    options.some(({ flags }) => flags === '--nodes <set>') ? [command] : [],
  );
  const more: Readonly<Record<string, string>> = { ...mandatory, 'lab break': 'container-logs' };
  test.each([...withSets, 'schedule install --as cron -- diagnose'])('%s', async (command) => {
    const argv = `${command} ${more[command] ?? ''} --nodes worker-[1- ${onNodesOf(command)}`.trim().split(/ +/u);
    const environment = { HOME: folder, XDG_STATE_HOME: folder, KUBECONFIG: join(folder, 'nowhere') };
    const { error } = await runInProcess(argv, { environment, workingFolder: folder });
    expect(error).toMatchObject({ code: 'NODE_SET_INVALID', exitCode: 2 });
  });
});

function onNodesOf(command: string): string {
  return onNodes.some(([name]) => name === command) ? '--via ssh' : '';
}
