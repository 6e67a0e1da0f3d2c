import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isWritten, planArgument, type ArgumentEdit, type PlannedArgument } from './argument-edit.ts';
import { parseBootArgument } from './boot-argument.ts';
import { parseBootState, type BootState } from './boot-state.ts';
import { bootedWith } from './booted-with.ts';
import { commandLines, readDefaults, textOfValue } from './read-defaults.ts';
import { arbitraryDefaults } from './testing/arbitrary-defaults.ts';
import { debianConfig, debianFiles, printedState, type PrintedNode } from './testing/printed-state.ts';

const nokmem = parseBootArgument('cgroup.memory=nokmem')!;

function state(node: PrintedNode = {}): BootState {
  const parsed = parseBootState(printedState(node));
  if (!parsed) throw new Error(printedState(node));
  return parsed;
}

const plan = (node: PrintedNode = {}): PlannedArgument => planArgument(state(node), nokmem);

function edited(node: PrintedNode): ArgumentEdit {
  const planned = plan(node);
  if (planned.outcome !== 'edit') throw new Error(JSON.stringify(planned));
  return planned.edit;
}

const dropIn = '/etc/default/grub.d/99-nodemend.cfg';

it('gives Debian and Ubuntu a file of its own, behind what else sets the variable', () => {
  expect(edited({})).toMatchObject({ path: dropIn, before: undefined, boot: { generator: 'update-grub' } });
  expect(edited({}).after).toMatch(/\nGRUB_CMDLINE_LINUX="\$GRUB_CMDLINE_LINUX cgroup\.memory=nokmem"\n$/u);
});

it('edits an argument of the name where it stands, and adds to it what is missing', () => {
  const file = '/etc/default/grub.d/50-cloudimg-settings.cfg';
  const files = { ...debianFiles, [file]: 'GRUB_CMDLINE_LINUX_DEFAULT="cgroup.memory=nosocket"\n' };
  expect(edited({ files })).toMatchObject({
    path: file,
    after: 'GRUB_CMDLINE_LINUX_DEFAULT="cgroup.memory=nosocket,nokmem"\n',
  });
});

it('is content where every entry and the defaults have it, in either variable; recovery mode may lack it', () => {
  const files = {
    '/etc/default/grub': 'GRUB_CMDLINE_LINUX_DEFAULT="quiet cgroup.memory=nosocket,nokmem"\n',
    '/boot/grub/grub.cfg': debianConfig('quiet cgroup.memory=nosocket,nokmem'),
  };
  expect(plan({ files })).toEqual({ outcome: 'written' });
});

it.each<[string, PrintedNode, string]>([
  [
    'the defaults have it and no entry has',
    { files: { ...debianFiles, '/etc/default/grub': 'GRUB_CMDLINE_LINUX="cgroup.memory=nokmem"\n' } },
    'none',
  ],
  [
    'the entries have it and the next generation would lose it',
    { files: { ...debianFiles, '/boot/grub/grub.cfg': debianConfig('quiet cgroup.memory=nokmem') } },
    'some',
  ],
])('%s: there is something to do', (_, node, after) => {
  expect(edited(node).after === undefined ? 'none' : 'some').toBe(after);
});

// Layouts of Enterprise Linux, put together from its documents and from issues; not run on a real one.
// Red Hat, RHEL 7 System Administrator's Guide, "Working with the GRUB 2 boot loader"; grub2-2.02 of CentOS 7.
const el7Config = `### BEGIN /etc/grub.d/10_linux ###
menuentry 'CentOS Linux (3.10.0-1160.119.1.el7.x86_64) 7 (Core)' --class centos --unrestricted $menuentry_id_option 'gnulinux-3.10.0-1160.el7.x86_64-advanced-aa' {
	linux16 /vmlinuz-3.10.0-1160.119.1.el7.x86_64 root=/dev/mapper/centos-root ro crashkernel=auto rd.lvm.lv=centos/root rhgb quiet
menuentry 'CentOS Linux (0-rescue-0123456789abcdef) 7 (Core)' --class centos --unrestricted $menuentry_id_option 'gnulinux-0-rescue-advanced-aa' {
	linux16 /vmlinuz-0-rescue-0123456789abcdef root=/dev/mapper/centos-root ro crashkernel=auto rd.lvm.lv=centos/root rhgb quiet
### END /etc/grub.d/10_linux ###
`;
const el7Default =
  'GRUB_CMDLINE_LINUX="crashkernel=auto rd.lvm.lv=centos/root rhgb quiet"\nGRUB_DISABLE_RECOVERY="true"\n';
const el7: PrintedNode = {
  commandLine:
    'BOOT_IMAGE=/vmlinuz-3.10.0-1160.119.1.el7.x86_64 root=/dev/mapper/centos-root ro crashkernel=auto rd.lvm.lv=centos/root rhgb quiet',
  tools: ['grub2-mkconfig', 'grubby'],
  files: { '/etc/default/grub': el7Default, '/boot/grub2/grub.cfg': el7Config },
};
const el7Efi: PrintedNode = {
  ...el7,
  firmware: 'efi',
  files: {
    '/etc/default/grub': el7Default,
    '/boot/efi/EFI/centos/grub.cfg': el7Config.replaceAll('linux16', 'linuxefi'),
  },
};

it('Enterprise Linux 7: the file itself, and the configuration that was booted, by firmware', () => {
  expect(edited(el7)).toMatchObject({
    path: '/etc/default/grub',
    after: el7Default.replace('quiet"', 'quiet cgroup.memory=nokmem"'),
    boot: { generator: 'grub2-mkconfig', config: { path: '/boot/grub2/grub.cfg' } },
  });
  expect(edited(el7Efi).boot.config.path).toBe('/boot/efi/EFI/centos/grub.cfg');
  // One that was left behind by an installation on BIOS: with EFI the partition's own counts.
  const both = { ...el7Efi.files, '/boot/grub2/grub.cfg': el7Config };
  expect(edited({ ...el7Efi, files: both }).boot.config.path).toBe('/boot/efi/EFI/centos/grub.cfg');
});

// Fedora, Changes/BootLoaderSpecByDefault; ComplianceAsCode/content#14976 shows such a grubenv.
const el8: PrintedNode = {
  commandLine: 'BOOT_IMAGE=(hd0,msdos1)/vmlinuz-4.18.0-513.el8.x86_64 root=/dev/mapper/rl-root ro crashkernel=auto',
  tools: ['grub2-mkconfig', 'grubby'],
  files: {
    '/etc/default/grub': 'GRUB_CMDLINE_LINUX="crashkernel=auto"\nGRUB_ENABLE_BLSCFG=true\n',
    '/boot/grub2/grub.cfg': 'insmod blscfg\nblscfg\n',
    '/boot/loader/entries/aa-4.18.0-513.el8.x86_64.conf':
      'title Rocky Linux (4.18.0-513.el8.x86_64) 8.9 (Green Obsidian)\nlinux /vmlinuz-4.18.0-513.el8.x86_64\n' +
      'options $kernelopts $tuned_params\n',
    '/boot/grub2/grubenv': 'kernelopts=root=/dev/mapper/rl-root ro crashkernel=auto \n',
  },
};
// Fedora, Changes/UnifyGrubConfig: the file on the partition is a stub.
const el9: PrintedNode = {
  ...el8,
  firmware: 'efi',
  commandLine: 'BOOT_IMAGE=(hd0,gpt2)/vmlinuz-5.14.0-427.el9.x86_64 root=UUID=77 ro crashkernel=1G',
  files: {
    '/etc/default/grub': 'GRUB_CMDLINE_LINUX="crashkernel=1G"\nGRUB_ENABLE_BLSCFG=true\n',
    '/boot/efi/EFI/rocky/grub.cfg': 'configfile $prefix/grub.cfg\n',
    '/boot/grub2/grub.cfg': 'blscfg\n',
    '/boot/loader/entries/aa-5.14.0-427.el9.x86_64.conf':
      'title Rocky Linux\nlinux /vmlinuz-5.14.0-427.el9.x86_64\noptions root=UUID=77 ro crashkernel=1G\n',
    '/etc/kernel/cmdline': 'root=UUID=77 ro crashkernel=1G\n',
  },
};

it('Enterprise Linux 8 and 9: entries are edited by grubby, and the file for those of kernels to come', () => {
  for (const node of [el8, el9])
    expect(edited(node)).toMatchObject({
      path: '/etc/default/grub',
      boot: { generator: 'grubby', config: { path: '/boot/grub2/grub.cfg' } },
      entryArgument: 'cgroup.memory=nokmem',
      entryArgumentBefore: undefined,
    });
  const entry = '/boot/loader/entries/aa-5.14.0-427.el9.x86_64.conf';
  const text = (el9.files?.[entry] ?? '').replace('1G', '1G cgroup.memory=nosocket');
  expect(edited({ ...el9, files: { ...el9.files, [entry]: text } })).toMatchObject({
    entryArgument: 'cgroup.memory=nosocket,nokmem',
    entryArgumentBefore: 'cgroup.memory=nosocket',
  });
  // The guide's edit, and grub2-mkconfig, change nothing that boots there.
  const guide = { ...el9.files, '/etc/default/grub': 'GRUB_CMDLINE_LINUX="crashkernel=1G cgroup.memory=nokmem"\n' };
  expect(edited({ ...el9, files: guide }).after).toBeUndefined();
  const kept = { ...guide, [entry]: text.replace('nosocket', 'nokmem') };
  expect(edited({ ...el9, files: kept }).after).toBeUndefined();
  expect(plan({ ...el9, files: { ...kept, '/etc/kernel/cmdline': 'root=UUID=77 cgroup.memory=nokmem\n' } })).toEqual({
    outcome: 'written',
  });
});

function configWith(script: string, linux: string): string {
  return `${debianConfig()}### BEGIN /etc/grub.d/${script} ###\nmenuentry 'Another' {\n\t${linux}\n`;
}

it.each<[string, PrintedNode, string]>([
  ['systemd-boot', { commandLine: 'initrd=\\initrd.img root=UUID=3f1c ro' }, 'notGrub'],
  [
    'another kernel than any entry boots',
    { commandLine: 'BOOT_IMAGE=/boot/vmlinuz-9 root=UUID=3f1c' },
    'notTheOneBooted',
  ],
  ['another root', { commandLine: 'BOOT_IMAGE=/boot/vmlinuz-4.19.0-27-amd64 root=UUID=other' }, 'notTheOneBooted'],
  ['no configuration', { files: { '/etc/default/grub': '' } }, 'noConfig'],
  [
    'two on the EFI partition',
    { ...el7Efi, files: { ...el7Efi.files, '/boot/efi/EFI/redhat/grub.cfg': el7Config } },
    'severalConfigs',
  ],
  ['an update-grub of somebody', { updateGrub: 'other' }, 'updateGrubIsOther'],
  ['no update-grub', { tools: ['grub-mkconfig'] }, 'toolMissing'],
  ['no grub2-mkconfig', { ...el7, tools: [] }, 'toolMissing'],
  ['no grubby', { ...el8, tools: ['grub2-mkconfig'] }, 'toolMissing'],
  ['defaults that cannot be read', { closed: ['/etc/default/grub.d/50.cfg'] }, 'unreadFile'],
  [
    'a value that a command prints',
    { files: { ...debianFiles, '/etc/default/grub': 'GRUB_CMDLINE_LINUX="$(cat /x)"\n' } },
    'commandSubstitution',
  ],
  [
    'a file that sets the variable again after ours',
    { files: { ...debianFiles, '/etc/default/grub.d/zz.cfg': 'GRUB_CMDLINE_LINUX="x"\n' } },
    'overridden',
  ],
  [
    'an entry of this system that a person wrote',
    {
      files: {
        ...debianFiles,
        '/boot/grub/grub.cfg': configWith('40_custom', 'linux /boot/vmlinuz-4.19.0-27-amd64 root=UUID=3f1c ro'),
      },
    },
    'madeByHand',
  ],
])('%s is refused', (_, node, refusal) => {
  expect(plan(node)).toMatchObject({ outcome: 'refused', because: { refusal } });
});

it('leaves entries of other systems alone', () => {
  const other = configWith('30_os-prober', 'linux /boot/vmlinuz-5.10 root=/dev/sdb1 ro');
  expect(edited({ files: { ...debianFiles, '/boot/grub/grub.cfg': other } }).path).toBe(dropIn);
});

it('whatever people write there: what it decides is what then has to be generated, and the next look is content', () => {
  let decided = 0;
  fc.assert(
    fc.property(arbitraryDefaults(), arbitraryDefaults(), fc.boolean(), (main, more, dropIns) => {
      const files = {
        ...debianFiles,
        '/etc/default/grub': main,
        ...(dropIns && { '/etc/default/grub.d/50.cfg': more }),
      };
      const planned = plan({ files, dropIns });
      if (planned.outcome !== 'edit' || planned.edit.after === undefined) return;
      decided += 1;
      const { path, after } = planned.edit;
      const written = Object.fromEntries(
        Object.entries({ ...files, [path]: after }).toSorted(([a], [b]) => (a < b ? -1 : 1)),
      );
      const sources = Object.entries(written).filter(([name]) => name.startsWith('/etc/default/'));
      const read = readDefaults(sources.map(([name, text]) => ({ path: name, text })));
      if ('refusal' in read) throw new Error(read.refusal);
      const words = commandLines.map((name) => textOfValue(read.values[name])).join(' ');
      const now = state({ files: { ...written, '/boot/grub/grub.cfg': debianConfig(words) }, dropIns });
      const boot = bootedWith(now);
      expect('refusal' in boot ? boot : isWritten(boot, nokmem)).toBe(true);
      expect(planArgument(now, nokmem)).toEqual({ outcome: 'written' });
    }),
    { numRuns: 400 },
  );
  expect(decided).toBeGreaterThan(60);
});

it('nothing that a node may print makes the reader throw', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'firmware efi',
      'booted /x',
      '| x',
      `config ${'0'.repeat(64)} 644 0 0 1 /boot/grub/grub.cfg`,
      '| blscfg',
      '',
    ),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const parsed = parseBootState(lines.join('\n'));
      if (parsed) planArgument(parsed, nokmem);
    }),
  );
});
