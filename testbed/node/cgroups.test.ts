import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hierarchiesOf, hierarchyArguments, isUnified, makeCgroups } from './cgroups.ts';

/** Plain folders stand for mounted hierarchies: what is written where can be read back. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-cgroups-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (mountPoint: string, type: string, options: string): string =>
  `31 23 0:28 / ${mountPoint} rw,relatime shared:1 - ${type} cgroup rw,${options}`;

test('of a machine with cgroup v1, what nodes need; beside it v2 is no hierarchy of a node', () => {
  const hierarchies = hierarchiesOf(
    [
      line('/cg/cpu,cpuacct', 'cgroup', 'cpu,cpuacct'),
      line('/cg/hugetlb', 'cgroup', 'hugetlb'),
      line('/cg/systemd', 'cgroup', 'xattr,name=systemd'),
      line('/cg/unified', 'cgroup2', 'nsdelegate'),
      line('/proc', 'proc', ''),
    ].join('\n'),
  );
  expect(hierarchies.map(({ options }) => options)).toEqual(['cpu,cpuacct', 'none,name=systemd', 'unified']);
  expect(isUnified(hierarchies)).toBe(false);
  expect(hierarchyArguments(hierarchies)).toEqual(['cpu,cpuacct:cpu,cpuacct', 'systemd:none,name=systemd']);
});

test('on cgroup v1 a node’s cpuset has the processors and the memory of the machine', () => {
  for (const [file, text] of [
    ['cpuset.cpus', '0-3'],
    ['cpuset.mems', '0'],
  ] as const)
    writeFileSync(join(folder, file), text);
  const { folders, outside } = makeCgroups([{ mountPoint: folder, options: 'cpuset' }], 'id', 'node');
  expect(folders).toEqual([join(folder, 'nodemend-testbed-id', 'node')]);
  expect(outside).toBeUndefined();
  const read = (file: string): string => readFileSync(join(folder, 'nodemend-testbed-id', file), 'utf8');
  expect([read('cpuset.cpus'), read('cpuset.mems'), read('cgroup.clone_children')]).toEqual(['0-3', '0', '1']);
});

test('on cgroup v2 the controllers that are missing are passed down to the node, and what waits for it has a place outside', () => {
  const hierarchies = hierarchiesOf(line(folder, 'cgroup2', 'nsdelegate'));
  expect(isUnified(hierarchies)).toBe(true);
  expect(hierarchyArguments(hierarchies)).toEqual(['unified']);
  const testbed = join(folder, 'nodemend-testbed-id');
  mkdirSync(testbed);
  writeFileSync(join(folder, 'cgroup.subtree_control'), 'cpu memory pids\n');
  writeFileSync(join(testbed, 'cgroup.subtree_control'), '');
  expect(makeCgroups(hierarchies, 'id', 'node')).toEqual({
    folders: [join(testbed, 'node')],
    outside: join(testbed, 'outside'),
  });
  expect(readFileSync(join(folder, 'cgroup.subtree_control'), 'utf8')).toBe('+cpuset +io');
  expect(readFileSync(join(testbed, 'cgroup.subtree_control'), 'utf8')).toBe('+cpu +cpuset +memory +pids +io');
});
