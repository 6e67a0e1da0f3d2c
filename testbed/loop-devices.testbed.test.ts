import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freeLoopDevices, loopDevices } from './loop-devices.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-loops-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Beyond those that other testbeds may take meanwhile. */
const number = 900;

test('a device that was added is removed once it is free; one that is in use is named', async () => {
  const before = loopDevices();
  const [disk, device] = [join(folder, 'disk'), `/dev/loop${number}`];
  writeFileSync(disk, '');
  truncateSync(disk, 1024 ** 2);
  // ioctl LOOP_CTL_ADD
  execFileSync('perl', [
    '-e',
    'open(my $c, "+<", "/dev/loop-control") or die; defined(ioctl($c, 0x4c80, $ARGV[0] + 0)) or die $!',
    String(number),
  ]);
  execFileSync('losetup', [device, disk]);
  try {
    expect(await freeLoopDevices({ files: folder, before, patienceMs: 100 })).toEqual([number]);
  } finally {
    execFileSync('losetup', ['-d', device]);
  }
  expect(await freeLoopDevices({ files: folder, before, patienceMs: 5000 })).toEqual([]);
  expect(loopDevices()).not.toContain(number);
});
