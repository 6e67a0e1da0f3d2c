import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import script from './client.sh?raw';

/** What counts as a mount that locks by rpc.statd, at both edges. Lines are those of `/proc/mounts` of Linux 6.1. */
const folder = mkdtempSync(join(tmpdir(), 'nodemend-nfs-client-'));
afterAll(() => rmSync(folder, { recursive: true }));

const v3 = 'rw,relatime,vers=3,rsize=65536,hard,proto=tcp,local_lock=none,addr=192.0.2.9';

function mountsOf(lines: readonly string[]): string | undefined {
  const mounts = join(folder, 'mounts');
  writeFileSync(mounts, lines.map((line) => `${line}\n`).join(''));
  const known = join(folder, 'filesystems');
  writeFileSync(known, 'nodev\tnfs\nnodev\tnfs4\n');
  const prelude = 'nm_is_root() { :; }; nm_state_of() { nm_state=S; }; section() { shift 3; "$@"; }';
  const said = execFileSync('/bin/sh', ['-s'], {
    input: `nm_scratch=${folder}\n${prelude}\n${script.replaceAll('/proc/1/mounts', mounts).replaceAll('/proc/filesystems', known)}`,
    encoding: 'utf8',
  });
  return /^mounts \d+ \d+$/mu.exec(said)?.[0];
}

test.each([
  ['NFSv3', `nas:/a /mnt/a nfs ${v3} 0 0`, 'mounts 1 0'],
  ['NFSv2', `nas:/a /mnt/a nfs ${v3.replace('vers=3', 'vers=2')} 0 0`, 'mounts 1 0'],
  ['NFSv3 whose locks are kept local', `nas:/a /mnt/a nfs ${v3.replace('hard', 'hard,nolock')} 0 0`, 'mounts 0 1'],
  ['NFSv4', `nas:/a /mnt/a nfs4 ${v3.replace('vers=3', 'vers=4.2')} 0 0`, 'mounts 0 1'],
  ['NFSv4 under the type of NFSv3', `nas:/a /mnt/a nfs ${v3.replace('vers=3', 'vers=4.0')} 0 0`, 'mounts 0 1'],
  ['a server whose path names an option', `nas:/nolock /mnt/nfs4 nfs ${v3} 0 0`, 'mounts 1 0'],
  ['NFS that is served, and none that is mounted', 'nfsd /proc/fs/nfsd nfsd rw,relatime 0 0', 'mounts 0 0'],
  ['a disk that is mounted on a folder called nfs', '/dev/vdb /mnt/nfs ext4 rw 0 0', 'mounts 0 0'],
])('%s', (_what, line, expected) => expect(mountsOf([line])).toBe(expected));

test('each is counted once', () => {
  expect(mountsOf([`nas:/a /a nfs ${v3} 0 0`, `nas:/b /b nfs ${v3} 0 0`, `nas:/c /c nfs4 rw,vers=4.1 0 0`])).toBe(
    'mounts 2 1',
  );
});
