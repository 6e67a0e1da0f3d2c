import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cronDaemon } from './cron-daemon.ts';

interface Process {
  readonly name: string;
  readonly uid?: number;
  readonly ids?: string;
}

/** A folder that looks like /proc as far as it is read (proc(5)). */
function procWith(processes: Readonly<Record<string, Process>>): string {
  const proc = mkdtempSync(join(tmpdir(), 'nodemend-proc-'));
  onTestFinished(() => rmSync(proc, { recursive: true }));
  for (const [id, { name, uid = 0, ids = id }] of Object.entries(processes)) {
    mkdirSync(join(proc, id));
    const uids = [uid, uid, uid, uid].join('\t');
    writeFileSync(join(proc, id, 'status'), `Name:\t${name}\nUmask:\t0022\nUid:\t${uids}\nNSpid:\t${ids}\n`);
  }
  return proc;
}

const init = { 1: { name: 'systemd' } };

test.each(['cron', 'crond', 'fcron'])('%s of root runs', async (name) => {
  expect(await cronDaemon(procWith({ ...init, 77: { name } }))).toBe('runs');
});

test.each<readonly [string, Process]>([
  ['another user', { name: 'cron', uid: 1000 }],
  ['a container', { name: 'cron', ids: '77\t1' }],
  ['another name', { name: 'cron-apt' }],
])('a process of %s is no cron of this machine', async (_what, process) => {
  expect(await cronDaemon(procWith({ ...init, 77: process }))).toBe('absent');
});

test('where processes of others are hidden nobody knows', async () => {
  expect(await cronDaemon(procWith({ 77: { name: 'sh', uid: 1000 } }))).toBe('unknown');
  expect(await cronDaemon('/nonexistent')).toBe('unknown');
});

test('of the real /proc something is known, where its first process is seen', async () => {
  expect(['runs', 'absent', 'unknown']).toContain(await cronDaemon());
});
