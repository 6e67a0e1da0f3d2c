import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-grub-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/**
 * As Debian 12's grub-mkconfig writes it, shortened: one kernel and its recovery mode below a menu, an older kernel
 * beside it.
 */
function grubConfig(setDefault: string): string {
  const entry = (title: string, id: string, args: string): string =>
    `menuentry '${title}' --class debian --class os $menuentry_id_option '${id}' {\n\tload_video\n` +
    `\tif [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi\n\techo\t'Loading Linux …'\n` +
    `\tlinux\t/boot/vmlinuz-6.1 ${args} \n\tinitrd\t/boot/initrd.img-6.1\n}\n`;
  return [
    'if [ -s $prefix/grubenv ]; then\n  set have_grubenv=true\n  load_env\nfi\n',
    'if [ "${next_entry}" ] ; then\n   set default="${next_entry}"\n   set next_entry=\n' +
      '   save_env next_entry\n   set boot_once=true\nelse\n',
    `   set default="${setDefault}"\nfi\n`,
    'function load_video {\n  insmod all_video\n}\n',
    entry('Debian GNU/Linux', 'gnulinux-simple', 'root=UUID=1 ro quiet'),
    "submenu 'Advanced options for Debian GNU/Linux' $menuentry_id_option 'gnulinux-advanced' {\n",
    entry('Debian GNU/Linux, with Linux 6.1', 'gnulinux-6.1', 'root=UUID=1 ro quiet advanced'),
    entry('Debian GNU/Linux, with Linux 6.1 (recovery mode)', 'gnulinux-6.1-recovery', 'root=UUID=1 ro single'),
    '}\n',
    entry('Other system', 'other', 'root=UUID=2 ro cgroup.memory=nokmem'),
  ].join('');
}

function runUnder([program = '', ...words]: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(
    program,
    [...words, join(import.meta.dirname, 'kernel-command-line.sh'), folder],
    { encoding: 'utf8' },
  );
  return status === 0 ? stdout.trimEnd() : `${status} ${stderr.trimEnd()}`;
}

describe.each(['dash', 'bash', 'busybox sh'])('%s', (shell) => {
  const commandLine = (): string => runUnder(shell.split(' '));

  test.each([
    ['0', 'root=UUID=1 ro quiet'],
    ['2', 'root=UUID=2 ro cgroup.memory=nokmem'],
    ['1>1', 'root=UUID=1 ro single'],
    ['Other system', 'root=UUID=2 ro cgroup.memory=nokmem'],
    ['gnulinux-advanced>gnulinux-6.1', 'root=UUID=1 ro quiet advanced'],
    ['Advanced options for Debian GNU/Linux>1', 'root=UUID=1 ro single'],
    ['no such entry', 'root=UUID=1 ro quiet'],
    ['17', 'root=UUID=1 ro quiet'],
  ])('default %s', (chosen, args) => {
    writeFileSync(join(folder, 'grub.cfg'), grubConfig(chosen));
    expect(commandLine()).toBe(`BOOT_IMAGE=/boot/vmlinuz-6.1 ${args}`);
  });

  test('a saved default, and an entry for the next boot alone, are read from grubenv as grub-editenv writes it', () => {
    writeFileSync(join(folder, 'grub.cfg'), grubConfig('${saved_entry}'));
    const environment = (text: string): string => `# GRUB Environment Block\n${text}`.padEnd(1024, '#');
    expect(commandLine()).toBe('BOOT_IMAGE=/boot/vmlinuz-6.1 root=UUID=1 ro quiet');
    writeFileSync(join(folder, 'grubenv'), environment('saved_entry=other\nnext_entry=1>1\n'));
    expect(commandLine()).toBe('BOOT_IMAGE=/boot/vmlinuz-6.1 root=UUID=1 ro single');
    expect(commandLine()).toBe('BOOT_IMAGE=/boot/vmlinuz-6.1 root=UUID=2 ro cgroup.memory=nokmem');
    expect(readFileSync(join(folder, 'grubenv'), 'utf8')).toBe(environment('saved_entry=other\nnext_entry=\n'));
  });

  test('a file that is empty, cut off or missing boots nothing', () => {
    expect(commandLine()).toMatch(/^[12] .*grub\.cfg/);
    writeFileSync(join(folder, 'grub.cfg'), '');
    expect(commandLine()).toBe('1 grub.cfg has no entry to boot');
    writeFileSync(join(folder, 'grub.cfg'), grubConfig('0').split('\tlinux')[0] ?? '');
    expect(commandLine()).toBe('1 grub.cfg has no entry to boot');
  });
});
