import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-grub-'));
  mkdirSync(join(folder, 'grub.d'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// As Debian 12's grub2-common ships it (/usr/share/grub/default/grub), without its comments.
const debian = [
  'GRUB_DEFAULT=0',
  'GRUB_TIMEOUT=5',
  'GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`',
  'GRUB_CMDLINE_LINUX_DEFAULT="quiet"',
  'GRUB_CMDLINE_LINUX=""',
  '',
].join('\n');

function put(text: string | Buffer, name = 'grub'): void {
  writeFileSync(join(folder, name), text, { mode: 0o640 });
}
const content = (): string => readFileSync(join(folder, 'grub'), 'latin1');
const bootArgument = (...args: readonly string[]): Promise<CommandEnd> =>
  runInProcess(['boot-argument', ...args], { workingFolder: folder, columns: 200 });
const add = ['--add', 'cgroup.memory=nokmem'] as const;

it('shows a diff and changes nothing', async () => {
  put(debian);
  const { code, data, notes } = await bootArgument('grub', ...add);
  expect(code).toBe(0);
  expect(data).toContain('-GRUB_CMDLINE_LINUX=""\n+GRUB_CMDLINE_LINUX="cgroup.memory=nokmem"\n');
  expect(notes).toContain('Nothing was written.');
  expect(content()).toBe(debian);
});

it('ends a check with 3 while the file would change, writes, and is done then', async () => {
  put(debian);
  expect((await bootArgument('grub', ...add, '--check')).code).toBe(3);
  expect((await bootArgument('grub', ...add, '--write')).notes).toContain('update-grub');
  expect(content()).toBe(debian.replace('LINUX=""', 'LINUX="cgroup.memory=nokmem"'));
  expect(statSync(join(folder, 'grub')).mode & 0o777).toBe(0o640);
  const again = await bootArgument('grub', ...add, '--check');
  expect([again.code, again.data]).toEqual([0, '']);
  expect((await bootArgument('grub', '--remove', 'cgroup.memory=nokmem', '--write')).code).toBe(0);
  expect(content()).toBe(debian);
});

it('leaves every other byte as it is, whatever it is', async () => {
  const latin1 = Buffer.from('# d\xe9faut\nGRUB_CMDLINE_LINUX=""', 'latin1');
  put(latin1);
  await bootArgument('grub', ...add, '--write');
  expect(content()).toBe('# d\xe9faut\nGRUB_CMDLINE_LINUX="cgroup.memory=nokmem"');
});

it('reads the files of grub.d that are sourced behind it', async () => {
  put(debian);
  put('GRUB_CMDLINE_LINUX="console=ttyS0"\n', 'grub.d/50-cloudimg-settings.cfg');
  const refused = await bootArgument('grub', ...add, '--write');
  expect(refused.error).toMatchObject({
    code: 'BOOT_ARGUMENT_REFUSED',
    params: { context: 'overridden', place: `${join(folder, 'grub.d/50-cloudimg-settings.cfg')}:1` },
  });
  expect(content()).toBe(debian);
  expect((await bootArgument('grub.d/50-cloudimg-settings.cfg', ...add)).data).toContain(
    '+GRUB_CMDLINE_LINUX="console=ttyS0 cgroup.memory=nokmem"',
  );
});

it('refuses what it cannot read with certainty, and says where', async () => {
  put('GRUB_CMDLINE_LINUX="$(cat /etc/arguments)"\n');
  const { error, code } = await bootArgument('grub', ...add, '--write');
  expect(code).toBeUndefined();
  expect(error).toMatchObject({
    code: 'BOOT_ARGUMENT_REFUSED',
    params: { context: 'commandSubstitution', place: `${join(folder, 'grub')}:1` },
  });
  expect(content()).toBe('GRUB_CMDLINE_LINUX="$(cat /etc/arguments)"\n');
});

it('tells what the file alone does not do', async () => {
  put('GRUB_ENABLE_BLSCFG=true\nGRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX+=" b"\n');
  const { notes } = await bootArgument('grub', ...add);
  expect(notes).toContain('grubby --update-kernel=ALL --args="cgroup.memory=nokmem"');
  expect(notes).toContain('bash syntax');
});

it('gives programs a document', async () => {
  put(debian);
  expect(JSON.parse((await bootArgument('grub', ...add, '-o', 'json')).data)).toEqual({
    schema: 'nodemend.dev/boot-argument/v1',
    file: 'grub',
    operation: 'add',
    argument: 'cgroup.memory=nokmem',
    outcome: 'changed',
    written: false,
    variable: 'GRUB_CMDLINE_LINUX',
    line: 5,
    needsBash: false,
    usesBootLoaderEntries: false,
  });
});

it.each([
  [['grub'], { code: 'USAGE', params: { typed: '--add' } }],
  [['grub', '--add', 'a b'], { code: 'BOOT_ARGUMENT_INVALID' }],
  [['nowhere', ...add], { code: 'INPUT_UNREADABLE' }],
  [['grub', ...add, '--check', '--write'], { code: 'USAGE' }],
])('says what is wrong with %j', async (args, error) => {
  put(debian);
  expect((await bootArgument(...args)).error).toMatchObject(error);
});

it('says that the file could not be written', async () => {
  // No name is left for the file beside it.
  const name = 'g'.repeat(250);
  put(debian, name);
  const { error } = await bootArgument(name, ...add, '--write');
  expect(error).toMatchObject({ code: 'GRUB_FILE_NOT_WRITTEN' });
  expect(readFileSync(join(folder, name), 'latin1')).toBe(debian);
});
