import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootStateOf, debianDefaults, GrubNode, kernels, rootUuid } from '../../../../test/chroot/grub-node.ts';
import { shells, type Shell } from '../../../../test/chroot/tool-root.ts';
import { userScript } from '../../../engine/user-script/user-script.ts';
import { planArgument } from '../../../grub/argument-edit.ts';
import { bootstrap, bootstrapWishes } from './bootstrap.ts';
import { nokmem } from './written.ts';

const nodes: GrubNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

const dropIn = '/etc/default/grub.d/99-nodemend.cfg';
const config = '/boot/grub/grub.cfg';
const cgroup1 = 'cgroup /sys/fs/cgroup/memory cgroup rw,nosuid,memory 0 0\n';
const cgroup2 = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n';

/** A node whose kernel can leak, as the facts of one are read; what boots it is as given. */
function nodeWith(shell: Shell, layout: (node: GrubNode) => void): GrubNode {
  const node = new GrubNode(shell);
  nodes.push(node);
  mkdirSync(node.path('run'), { recursive: true });
  runs(node, '4.19.0-27-amd64', cgroup1);
  layout(node);
  return node;
}

function runs(node: GrubNode, release: string, mounts: string): void {
  node.put('/proc/sys/kernel/osrelease', `${release}\n`);
  node.put('/proc/mounts', mounts);
  node.put('/sys/fs/cgroup/cgroup.controllers', 'cpu memory pids\n');
}

interface Ran {
  readonly code: number | null;
  readonly said: string;
}

function run(node: GrubNode, override?: string): Ran {
  const part = { script: bootstrap.script, content: bootstrapWishes(override) };
  writeFileSync(node.path('user-script'), userScript([{ problem: 'kernel-memory', bootstrap: part }], '1.2.3'));
  const { status, stdout, stderr } = spawnSync('chroot', [node.root, '/bin/sh', '/user-script'], { encoding: 'utf8' });
  return { code: status, said: `${stdout}${stderr}`.replaceAll('nodemend: kernel-memory: ', '') };
}

/** All that the script could touch, times of change included; `bytes` leaves the times out. Scratch folders come and go. */
function disk(node: GrubNode, what: 'all' | 'bytes' = 'all'): string {
  const format = what === 'all' ? String.raw`%p %m %U %G %s %T@ %l\n` : String.raw`%p %m %s\n`;
  const script =
    'cd "$1" && { find etc boot var -printf "$2"; find etc boot -type f -exec sha256sum {} +; ls -A run tmp; } | sort';
  return node.outside('sh', '-c', script, 'sh', node.root, format);
}

const read = (node: GrubNode, path: string): string => readFileSync(node.path(path), 'utf8');

const generatedFolders = ['boot', 'etc/default'];
let generated: string | undefined;
afterAll(() => {
  if (generated !== undefined) rmSync(generated, { recursive: true });
});

/** What `reset` makes, generated once. */
function debian(node: GrubNode): void {
  if (generated === undefined) {
    node.reset();
    generated = mkdtempSync(join(tmpdir(), 'nodemend-generated-'));
    for (const folder of generatedFolders) cpSync(node.path(folder), join(generated, folder), { recursive: true });
  } else for (const folder of generatedFolders) cpSync(join(generated, folder), node.path(folder), { recursive: true });
}

/** Enterprise Linux 7: Debian's generator without its patch that reads grub.d, by the other name, for another file. */
function enterprise7(at: string): (node: GrubNode) => void {
  return (node) => {
    node.put('/etc/system-release', 'CentOS Linux release 7.9.2009 (Core)\n');
    node.reset(enterpriseDefaults);
    const unpatched = read(node, 'usr/bin/grub-mkconfig').replaceAll('/default/grub.d/*.cfg', '/default/nothing/*.cfg');
    node.put('/usr/bin/grub2-mkconfig', unpatched, 0o755);
    node.put(at, read(node, config), 0o600);
    for (const gone of ['boot/grub/grub.cfg', 'usr/bin/update-grub', 'usr/bin/grub-mkconfig'])
      rmSync(node.path(gone), { recursive: true });
    runs(node, '3.10.0-1160.119.1.el7.x86_64', cgroup1);
  };
}

/** As anaconda writes it on Enterprise Linux 7. */
const enterpriseDefaults = `GRUB_TIMEOUT=5
GRUB_DISTRIBUTOR="$(sed 's, release .*$,,g' /etc/system-release)"
GRUB_DEFAULT=saved
GRUB_DISABLE_SUBMENU=true
GRUB_TERMINAL_OUTPUT="console"
GRUB_CMDLINE_LINUX="console=ttyS0 crashkernel=auto"
GRUB_DISABLE_RECOVERY="true"
`;

const grub2 = '/boot/grub2/grub.cfg';
const onPartition = '/boot/efi/EFI/centos/grub.cfg';

describe.each(shells)('under %s', (shell) => {
  it.each<[string, (node: GrubNode) => void, string]>([
    ["Debian's own GRUB", debian, dropIn],
    [
      "Debian's own GRUB on UEFI, beside a stub on the EFI partition",
      (node) => {
        debian(node);
        mkdirSync(node.path('/sys/firmware/efi'), { recursive: true });
        node.put('/boot/efi/EFI/debian/grub.cfg', 'search.fs_uuid 3f1c root\nconfigfile $prefix/grub.cfg\n');
      },
      dropIn,
    ],
    [
      'entries of Enterprise Linux 9, with a stand-in for grubby',
      (node) => node.resetEnterprise(),
      '/etc/default/grub',
    ],
    ['Enterprise Linux 7 on BIOS', enterprise7(grub2), '/etc/default/grub'],
    [
      'Enterprise Linux 7 on UEFI, beside a file that is not booted',
      (node) => {
        enterprise7(onPartition)(node);
        mkdirSync(node.path('/sys/firmware/efi'), { recursive: true });
        node.put(grub2, 'menuentry x {\n}\n');
      },
      '/etc/default/grub',
    ],
  ])(
    '%s: every entry gets the argument, a plan has nothing to add, and the second run changes nothing',
    (_, layout, edited) => {
      const node = nodeWith(shell, layout);
      const before = planArgument(bootStateOf(node), nokmem);
      expect(before.outcome).toBe('edit');

      expect(run(node)).toEqual({
        code: 0,
        said: expect.stringMatching(
          new RegExp(
            `^(what was in .*\n)?${edited} was written, and every entry of .*\nit comes into force with the next boot`,
            'u',
          ),
        ),
      });
      expect(planArgument(bootStateOf(node), nokmem)).toEqual({ outcome: 'written' });
      expect(read(node, edited)).toContain('cgroup.memory=nokmem"\n');
      const after = disk(node);
      expect(run(node)).toEqual({ code: 0, said: expect.stringContaining('nothing was written') });
      expect(disk(node)).toBe(after);
    },
  );

  it('a reason that is given overrides the gate, except where the kernel ignores the argument', () => {
    const node = nodeWith(shell, debian);
    runs(node, '6.1.0-28-amd64', cgroup2);
    expect(run(node, "the vendor's\n $(id) wish")).toEqual({
      code: 0,
      said: expect.stringMatching(/^wanted here anyway: the vendor's \$\(id\) wish\n.* was written/u),
    });
    runs(node, '4.4.0-210-generic', cgroup1);
    expect(run(node, 'wished')).toEqual({ code: 1, said: expect.stringContaining('ignores') });
  });

  it('where grubby changes half and says that all is well, what was there is there again', () => {
    const node = nodeWith(shell, (one) => one.resetEnterprise());
    node.put(
      'usr/bin/grubby',
      '#!/bin/sh\nfor one in /boot/loader/entries/*; do sed -i \'s/^options .*/& cgroup.memory=nokmem/\' "$one"; break; done\n',
      0o755,
    );
    const before = disk(node, 'bytes');
    expect(run(node)).toEqual({ code: 1, said: expect.stringContaining('does not give it to') });
    const kept = node.outside('sh', '-c', 'rm -r "$1"', 'sh', node.path('/var/lib/nodemend'));
    expect(kept + disk(node, 'bytes')).toBe(before);
  });
});

describe('under dash', () => {
  const shell = 'dash';
  it.each<[string, (node: GrubNode) => void, number, string]>([
    [
      'cgroup v2',
      (node) => runs(node, '4.18.0-553.el8.x86_64', cgroup2),
      0,
      'cannot happen here (cgroup v2): nothing was written',
    ],
    [
      'a kernel that does not leak',
      (node) => runs(node, '5.15.0-164-generic', cgroup1),
      0,
      'cannot happen here (kernel 5.15.0-164-generic',
    ],
    [
      'memory cgroups that are off',
      (node) => node.put('/proc/cmdline', 'quiet cgroup_disable=memory\n'),
      0,
      'memory cgroups are switched off',
    ],
    [
      'a kernel of Enterprise Linux 7 that ignores it',
      (node) => runs(node, '3.10.0-957.27.2.el7.x86_64', cgroup1),
      1,
      'ignores cgroup.memory=nokmem',
    ],
    ['a kernel before 4.5', (node) => runs(node, '4.4.0-210-generic', cgroup1), 1, 'ignores cgroup.memory=nokmem'],
    [
      'a kernel of no known name',
      (node) => runs(node, 'linux', cgroup1),
      1,
      'nobody knows whether kernel linux can leak here',
    ],
    ['no memory controller that is mounted', (node) => runs(node, '4.19.0-27-amd64', ''), 1, 'nobody knows'],
    ['no GRUB', (node) => rmSync(node.path('/boot/grub'), { recursive: true }), 1, 'GRUB has no configuration here'],
    ['two configurations', (node) => node.put(grub2, 'menuentry x {\n}\n'), 1, 'more than one configuration'],
    [
      'another kernel that runs',
      (node) => node.put('/proc/cmdline', `BOOT_IMAGE=/boot/vmlinuz-1 root=UUID=${rootUuid}\n`),
      1,
      'boots the running kernel',
    ],
    [
      'an update-grub of its own',
      (node) => node.put('/usr/bin/update-grub', '#!/bin/sh\nexec grub-mkconfig -o /boot/grub/grub.cfg\n', 0o755),
      1,
      'update-grub is missing, or not',
    ],
    [
      'another member of the argument',
      (node) => node.reset(debianDefaults.replace('quiet', 'cgroup.memory=nosocket')),
      1,
      'entries have another cgroup.memory=',
    ],
    [
      'another member that is not generated yet',
      (node) => node.put('/etc/default/grub.d/50-image.cfg', "GRUB_CMDLINE_LINUX='cgroup_memory=nosocket'\n"),
      1,
      '50-image.cfg has another cgroup.memory=',
    ],
    [
      "somebody else's file by the drop-in's name",
      (node) => node.put(dropIn, 'GRUB_TIMEOUT=1\n'),
      1,
      'is there, and not from this script',
    ],
  ])('%s: nothing is written', (_, change, code, said) => {
    const node = nodeWith(shell, debian);
    change(node);
    const before = disk(node);
    expect(run(node)).toEqual({ code, said: expect.stringContaining(said) });
    expect(disk(node)).toBe(before);
  });

  it.each<[string, (node: GrubNode) => void, string]>([
    [
      'a later file of the defaults sets the variable again',
      (node) => node.put('/etc/default/grub.d/zz.cfg', 'GRUB_CMDLINE_LINUX=quiet\n'),
      'does not give it to',
    ],
    [
      'the generator fails',
      (node) => node.put('/etc/grub.d/40_custom', '#!/bin/sh\necho "menuentry \'mine {"\n', 0o755),
      'Syntax errors are detected',
    ],
    [
      'the generator leaves kernels out and says that all is well',
      (node) => rmSync(node.path(`/boot/vmlinuz-${kernels[0]}`)),
      'has no entry any more for',
    ],
    [
      'an entry was written by hand',
      (node) =>
        node.put(
          '/etc/grub.d/41_custom',
          `#!/bin/sh\nprintf "menuentry 'mine' {\\n linux /boot/vmlinuz-${kernels[0]} root=UUID=${rootUuid}\\n}\\n"\n`,
          0o755,
        ),
      'does not give it to',
    ],
  ])('where %s, what was there is there again', (_, breakIt, said) => {
    const node = nodeWith(shell, debian);
    breakIt(node);
    const before = disk(node, 'bytes');
    const ran = run(node);
    expect(ran).toEqual({ code: 1, said: expect.stringContaining(said) });
    expect(ran.said).toContain('what was there is there again');
    expect(disk(node, 'bytes')).toBe(before);
  });

  it('finishes what a run that was killed had begun', () => {
    const node = nodeWith(shell, debian);
    const old = node.path('old.cfg');
    cpSync(node.path(config), old);
    run(node);
    const done = read(node, config);
    cpSync(old, node.path(config));
    node.put(`${config}.nodemend-birth~`, 'half');
    expect(run(node).code).toBe(0);
    expect(read(node, config)).toBe(done);
  });
});
