import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { mustRun } from '../lab/node-root/run-program.ts';

/** Numbers of the machine's loop devices, in use or not. */
export function loopDevices(): readonly number[] {
  return readdirSync('/sys/block')
    .flatMap((name) => /^loop(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number);
}

export interface FreeOptions {
  /** The folder with the files of the devices that are to become free. */
  readonly files: string;
  /** Numbers of the devices that were there before. */
  readonly before: readonly number[];
  readonly patienceMs: number;
}

/**
 * Waits until the kernel has freed a testbed's loop devices, and removes those that it had made for it: when all are
 * taken it makes one more, and keeps it.
 * @returns numbers of those that are not freed
 */
export async function freeLoopDevices({ files, before, patienceMs }: FreeOptions): Promise<readonly number[]> {
  const deadline = performance.now() + patienceMs;
  const ours = (): readonly number[] => loopDevices().filter((number) => backingFile(number)?.startsWith(files));
  while (ours().length > 0 && performance.now() < deadline) await sleep(20);
  const added = loopDevices().filter((number) => !before.includes(number) && backingFile(number) === undefined);
  if (added.length > 0) await mustRun('loop devices', 'perl', ['-e', removeScript, ...added.map(String)]);
  return ours();
}

/** ioctl LOOP_CTL_REMOVE; it refuses a device that somebody has begun to use. */
const removeScript = `
  use Errno;
  open(my $control, "+<", "/dev/loop-control") or die "/dev/loop-control: $!\\n";
  for my $number (@ARGV) {
    defined(ioctl($control, 0x4c81, $number + 0)) or $!{EBUSY} or $!{ENODEV} or die "LOOP_CTL_REMOVE $number: $!\\n";
  }`;

function backingFile(number: number): string | undefined {
  try {
    return readFileSync(`/sys/block/loop${number}/loop/backing_file`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
