import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { appendLog, journalLine, turnLog } from './run-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-run-log-'));
const log = join(folder, 'runs.log');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a log is for its owner, and what is long becomes the one before, which is the only one', async () => {
  await turnLog(log);
  await appendLog(log, 'first\n');
  expect(statSync(log).mode & 0o777).toBe(0o600);
  await turnLog(log);
  expect(readFileSync(log, 'utf8')).toBe('first\n');
  for (const round of ['1', '2']) {
    writeFileSync(log, round.repeat(1_000_001));
    await turnLog(log);
    expect(existsSync(log)).toBe(false);
    expect(readFileSync(`${log}.1`, 'utf8').slice(0, 1)).toBe(round);
  }
});

test('journald reads the priority off the front of a line', () => {
  const result = {
    schedule: 'night',
    startedAt: '2026-11-23T03:20:00.000Z',
    endedAt: '2026-11-23T03:20:01.000Z',
    exitCode: 8,
    verdict: 'refused',
  };
  expect(journalLine(result)).toBe('<3>nodemend schedule=night verdict=refused exit=8 run=- seconds=1\n');
});
