import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Fact } from '../evidence/fact.ts';
import { frameOf, shells, startProbe, textOf } from '../evidence/probe/testing/run-probe.ts';
import { cgroupFolders, manyIds } from './cgroup-folders.ts';
import { kernelLog } from './log.ts';
import { compareNumbers, parseRelease } from './release.ts';
import { memoryCgroups } from './memory-cgroups.ts';

/** Counts however few there are. */
const counted: typeof cgroupFolders = {
  ...cgroupFolders,
  script: cgroupFolders.script.replace(`\nkernel_many=${manyIds}\n`, '\nkernel_many=0\n'),
};
/** Asks the log whatever the kernel is. */
const asked: typeof kernelLog = { ...kernelLog, script: kernelLog.script.replace(/^.*nm_tell not-asked$/mu, '') };
const mounts = readFileSync('/proc/mounts', 'utf8');
const version1 = /^\S+ (\S+) cgroup \S*\bmemory\b/mu.exec(mounts)?.[1];

async function read<Value>(shell: readonly string[], fact: Fact<Value>): Promise<Value> {
  const run = await startProbe([], shell, [fact]).done;
  const value = fact.parse({ text: textOf(run, fact.key), truncated: false });
  if (value === undefined) throw new Error(`${fact.key}: ${textOf(run, fact.key)}`);
  return value;
}

describe.each(shells.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  test('this kernel is read as it is', async () => {
    const kernel = await read(shell, memoryCgroups);

    expect(kernel.release).toBe(release());
    expect(kernel.parsed?.version[0]).toBe(Number(release().split('.')[0]));
    expect(kernel.memory.get('MemTotal')).toBeGreaterThan(100_000);
    expect(kernel.uptime).toBeGreaterThan(0);
    expect(kernel.version).toBe(version1 === undefined ? 2 : 1);
    expect(await read(shell, counted)).toEqual(version1 === undefined ? 'none' : expect.any(Number));
    const { cgroups = 0 } = kernel.controllers.get('memory') ?? {};
    if (version1 !== undefined && cgroups < manyIds / 2) expect(await read(shell, cgroupFolders)).toBe('few');
    const isCured = compareNumbers(parseRelease(release())?.version ?? [], [5, 3, 0]) >= 0;
    expect((await read(shell, kernelLog)) === 'not-asked').toBe(isCured);
    expect(await read(shell, asked)).toEqual(expect.any(Array));
  });

  test('a log of any length is read, to its end or not at all', async () => {
    const probe = (dmesg: string): ReturnType<typeof startProbe>['done'] =>
      startProbe([], shell, [{ ...asked, script: `dmesg() {\n${dmesg}\n}\n${asked.script}` }]).done;
    // An old one knows no -S.
    const long = await probe(`
  [ "$#" -eq 0 ] || return 1
  awk 'BEGIN { for (at = 1; at <= 4000; at++) print "[" at ".000000] veth" at ": " (at % 50 ? "renamed from eth0, and so on" : "\\nOut of memory: Kill " at) }'
`);
    const short = await probe('  echo "[1.000000] Out of memory: Killed process 1"\n  return 1');

    expect(frameOf(long, asked.key).exitCode).toBe(0);
    const lines = textOf(long, asked.key).trim().split('\n');
    expect(lines).toHaveLength(60);
    expect([lines[0], lines.at(-1)]).toEqual(['Out of memory: Kill 1050', 'Out of memory: Kill 4000']);
    expect(frameOf(short, asked.key).exitCode).toBe(1);
    expect(textOf(short, asked.key)).toBe('');
  });
});

/** So many cgroups in which a process wrote a file, removed since: the page cache keeps them. */
const removed = 80;

const makeAndRemove = `
set -eu
mkdir "$1"
i=0
while [ "$i" -lt "$3" ]; do
  i=$((i + 1))
  mkdir "$1/$i"
  sh -c 'echo 0 >"$1/cgroup.procs" && head -c 20480 /dev/zero >"$2"' sh "$1/$i" "$2/$i"
  rmdir "$1/$i"
done
rmdir "$1"
`;

test('removed cgroups that are still charged count as ids, and not as folders', async () => {
  if (version1 === undefined) {
    // Without version 1 nobody counts them: what the gate says then is all.
    expect((await read(['dash'], memoryCgroups)).version).toBe(2);
    return;
  }
  const files = mkdtempSync(join(tmpdir(), 'nodemend-cgroups-'));
  const folder = join(version1, `nodemend-test-${process.pid}`);
  onTestFinished(() => {
    rmSync(files, { recursive: true, force: true });
    if (existsSync(folder)) execFileSync('find', [folder, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
  });
  const ids = async (): Promise<number> =>
    (await read(['dash'], memoryCgroups)).controllers.get('memory')?.cgroups ?? 0;
  const before = { ids: await ids(), folders: await read(['dash'], counted) };
  execFileSync('sh', ['-c', makeAndRemove, 'sh', folder, files, String(removed)]);

  expect((await ids()) - before.ids).toBeGreaterThanOrEqual(removed * 0.9);
  expect(await read(['dash'], counted)).toBe(before.folders);

  rmSync(files, { recursive: true, force: true });
  await expect.poll(ids, { timeout: 10_000 }).toBeLessThan(before.ids + removed * 0.5);
});
