import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = join(import.meta.dirname, 'log-writer.sh');
let folder: string;
let log: string;
let writer: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-writer-'));
  log = join(folder, '0.log');
});
afterEach(() => {
  writer?.kill();
  rmSync(folder, { recursive: true });
});

const lines = () =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') || line.includes(' stdout F '));

describe.each(['dash', 'bash', 'busybox sh'])('under %s', (shell) => {
  const start = (format: string): void => {
    const [program = '', ...applet] = shell.split(' ');
    writer = spawn(program, [...applet, script, format, '0.02', log], { stdio: 'ignore' });
  };

  test('docker: one JSON object a line, appended, whatever somebody cuts off', async () => {
    writeFileSync(log, 'before\n');
    start('docker');
    await expect.poll(() => lines().length, { timeout: 20_000 }).toBeGreaterThan(2);
    const { log: text, stream, time } = JSON.parse(lines()[0] ?? '');
    expect(text).toMatch(/^level=info .*order=1 .*\n$/);
    expect(stream).toBe('stdout');
    expect(new Date(time).getTime()).toBeGreaterThan(Date.now() - 60_000);
    truncateSync(log, 0);
    await expect.poll(() => lines().length, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(statSync(log).size).toBeLessThan(5000);
    expect(readFileSync(log, 'latin1')).not.toContain('\0');
  });

  test('cri: at 10 MiB renamed and opened anew, as kubelet does; older ones compressed, five with the live one', async () => {
    for (const old of ['20250101-000000', '20250102-000000', '20250103-000000', '20250104-000000.gz'])
      writeFileSync(`${log}.${old}`, old);
    const full = `${'x'.repeat(1023)}\n`.repeat(10 * 1024);
    writeFileSync(log, full);
    start('cri');
    await expect.poll(() => readdirSync(folder).length, { timeout: 20_000 }).toBe(5);
    await expect.poll(() => lines().length, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(lines()[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z stdout F level=info /);
    expect(statSync(log).mode & 0o777).toBe(0o640);
    const [live, second, third, fourth, newest = ''] = readdirSync(folder).sort();
    expect([live, second, third, fourth]).toEqual([
      '0.log',
      '0.log.20250102-000000.gz',
      '0.log.20250103-000000.gz',
      '0.log.20250104-000000.gz',
    ]);
    expect(newest).toMatch(/^0\.log\.\d{8}-\d{6}$/);
    expect(readFileSync(join(folder, newest), 'utf8').startsWith(full)).toBe(true);
    expect(gunzipSync(readFileSync(join(folder, second ?? ''))).toString()).toBe('20250102-000000');
  });
});

test('shellcheck has nothing to say about the lab’s scripts', () => {
  const scripts = execFileSync('find', [join(import.meta.dirname, '..'), '-name', '*.sh'], { encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(scripts.length).toBeGreaterThan(5);
  execFileSync('shellcheck', scripts);
});
