import { expect, it, test } from 'vitest';
import { parseBootState, type BootState } from '../../grub/boot-state.ts';
import { debianConfig, debianFiles, printedState, type PrintedNode } from '../../grub/testing/printed-state.ts';
import { bootArgumentState } from './boot-argument-state.ts';
import { isInForce, judgeGenerated, type Judgement } from './generated-state.ts';

const argument = 'cgroup.memory=nokmem';
const given = debianConfig(`quiet ${argument}`);

function state(node: PrintedNode): BootState {
  const parsed = parseBootState(printedState(node));
  if (!parsed) throw new Error('not of the form');
  return parsed;
}

/** A configuration that waits beside the one that is booted. */
function judge(waiting: string, wanted: 'given' | 'taken-back' = 'given'): Judgement {
  const now = state({ files: { ...debianFiles, '/boot/grub/grub.cfg': debianConfig() } });
  const [made] = state({ files: { '/boot/grub/grub.cfg': waiting } }).configs;
  if (!made) throw new Error('no configuration');
  const beside = { ...made, path: '/boot/grub/grub.cfg.nodemend-20261130-0900-kernel-memory-7f3a~' };
  const kernels = ['vmlinuz-4.19.0-27-amd64'];
  return judgeGenerated(
    { state: { ...now, configs: [...now.configs, beside] }, config: '/boot/grub/grub.cfg', kernels },
    argument,
    wanted,
  );
}

it.each<[string, string, RegExp]>([
  ['has it everywhere', given, /^cgroup\.memory=nokmem in all of 2 entries of \/boot\/grub\/grub\.cfg$/u],
  ['has it nowhere', debianConfig(), /^not in Debian GNU\/Linux, Debian GNU\/Linux, with Linux 4/u],
  ['has it in another name', debianConfig('cgroup.memory=nokmemX'), /^not in /u],
  ['has it behind --', debianConfig(`-- ${argument}`), /^not in /u],
  ['is empty', '\n', /^what was made is not what is booted: noConfig/u],
  [
    'boots another kernel',
    given.replaceAll('4.19.0-27', '4.19.0-26'),
    /^what was made is not what is booted: notTheOneBooted/u,
  ],
])('a configuration that %s', (_, waiting, saw) => {
  const judged = judge(waiting);

  expect(judged.saw).toMatch(saw);
  expect(judged.ok).toBe(waiting === given);
});

test('taken back it may say what it will, as long as it boots what it booted', () => {
  expect(judge(debianConfig(), 'taken-back').ok).toBe(true);
  expect(judge('\n', 'taken-back').ok).toBe(false);
});

test('entries of kernels to come count, where they are made with a file of their own', () => {
  const words = `root=UUID=77 ro ${argument}`;
  const judged = (commandLine: string): Judgement =>
    judgeGenerated(
      {
        state: state({
          commandLine: 'BOOT_IMAGE=/vmlinuz-5.14 root=UUID=77 ro',
          tools: ['grubby'],
          files: {
            '/boot/grub2/grub.cfg': 'blscfg\n',
            '/boot/loader/entries/a.conf': `title Rocky\nlinux /vmlinuz-5.14\noptions ${words}\n`,
            '/etc/kernel/cmdline': `${commandLine}\n`,
          },
        }),
        config: '/boot/grub2/grub.cfg',
        kernels: [],
      },
      argument,
      'given',
    );

  expect(judged(words).ok).toBe(true);
  expect(judged('root=UUID=77 ro')).toEqual({ ok: false, saw: 'not in /etc/kernel/cmdline' });
});

test('in force is what the running kernel was given, in a set with others too', () => {
  const inForce = (commandLine: string): boolean =>
    isInForce(state({ commandLine: `BOOT_IMAGE=/x root=/y ${commandLine}` }), argument);

  expect(inForce('cgroup.memory=nosocket,nokmem')).toBe(true);
  expect(['cgroup.memory=nosocket', 'quiet'].map(inForce)).toEqual([false, false]);
});

test.each([
  ['none', 'old', 'untouched'],
  ['staged', 'old', 'staged'],
  ['committing', 'old', 'staged'],
  // In its place, and nothing was made from it yet, as far as anybody knows.
  ['committing', 'new', 'staged'],
  ['committing', 'other', 'moved'],
  ['committed', 'new', 'applied'],
  ['kept', 'new', 'applied'],
  ['kept', 'other', 'moved'],
  ['undoing', 'old', 'applied'],
  ['undone', 'old', 'undone'],
])('a run in phase %s whose file is %s is %s', (phase, now, expected) => {
  expect(bootArgumentState({ phase, now, from: 'old', to: 'new' })).toBe(expected);
});
