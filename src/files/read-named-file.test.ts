import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readNamedFile } from './read-named-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-named-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is read to its end, and one of procfs, which says that it is empty', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, Buffer.alloc(300_000, 'lines\n'));

  expect(await readNamedFile(file)).toEqual(readFileSync(file));
  expect(await readNamedFile('/proc/self/environ')).toEqual(readFileSync('/proc/self/environ'));
});

test('as much as the limit is read, and a byte more is refused', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  truncateSync(file, 16_000_000);
  expect(await readNamedFile(file)).toHaveLength(16_000_000);

  truncateSync(file, 16_000_001);
  await expect(readNamedFile(file)).rejects.toMatchObject({ code: 'LARGER_THAN_16_MB' });
  expect(await readNamedFile(file, 500)).toHaveLength(16_000_001);
});

test('what has no end, or nobody who writes it, is refused', async () => {
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);

  for (const path of [pipe, '/dev/zero', '/dev/tty'])
    await expect(readNamedFile(path), path).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  await expect(readNamedFile(folder)).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(readNamedFile(join(folder, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readNamedFile('/dev/null')).toHaveLength(0);
});

test('what a shell hands over as a pipe is read, as much as the limit', () => {
  const read = (command: string): string => {
    const script = `import { readNamedFile } from ${JSON.stringify(join(import.meta.dirname, 'read-named-file.ts'))};
      await readNamedFile(process.argv[1]).then(({ length }) => console.log(length), ({ code }) => console.log(code));`;
    const typed = ['-c', `"$0" --input-type=module -e "$1" <(${command})`, process.execPath, script];
    return spawnSync('bash', typed, { encoding: 'utf8', timeout: 30_000 }).stdout;
  };

  expect(read('echo hosts; sleep 0.1; echo more')).toBe('11\n');
  expect(read('cat /dev/zero')).toBe('LARGER_THAN_16_MB\n');
});
