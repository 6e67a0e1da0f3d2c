import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMeasured } from './measured-process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-measured-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const node = (script: string) =>
  runMeasured({ program: process.execPath, args: ['-e', script], outputFile: join(folder, 'out') });

describe('what a process used', () => {
  test('is its own', async () => {
    const script = `
      const kept = Buffer.alloc(200e6, 1);
      while (process.cpuUsage().user < 400e3);
      console.log(JSON.stringify({ cpu: process.cpuUsage(), rss: process.resourceUsage().maxRSS, kept: kept.length }));
      setTimeout(() => {}, 60)`;
    const measure = await node(script);
    const said = JSON.parse(readFileSync(join(folder, 'out'), 'utf8')) as {
      readonly cpu: NodeJS.CpuUsage;
      readonly rss: number;
    };

    expect(measure.exitCode).toBe(0);
    expect(Math.abs(measure.cpuMs - (said.cpu.user + said.cpu.system) / 1000)).toBeLessThan(100);
    expect(measure.rssMb / (said.rss / 1024)).toBeCloseTo(1, 1);
    expect(measure.ms).toBeGreaterThan(400);
  });

  test('comes with how it failed', async () => {
    expect(await node('console.error("no such pages"); process.exitCode = 7')).toMatchObject({
      exitCode: 7,
      errors: 'no such pages\n',
    });
  });
});

test('a program that is not there is no measure of nothing', async () => {
  await expect(
    runMeasured({ program: join(folder, 'missing'), args: [], outputFile: join(folder, 'out') }),
  ).rejects.toThrow('ENOENT');
});
