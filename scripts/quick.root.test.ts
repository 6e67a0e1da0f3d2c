import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { leftoverProcesses } from './check/leftover-processes.ts';
import { recordedClosing, recordedTour } from './quick/recorded-tour.ts';
import { lastStop, tour } from './quick/tour.ts';
import { onLesserMachine } from './testing/lesser-machine.ts';

const project = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'nodemend-quick-'));
const mark = `quick-${process.pid}`;
const environment = { ...process.env, XDG_STATE_HOME: scratch, LANG: 'C', NODEMEND_QUICK_TEST: mark };

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function labsLeft(): readonly string[] {
  const labs = join(scratch, 'nodemend/labs');
  return existsSync(labs) ? readdirSync(labs) : [];
}

describe('npm run quick', () => {
  it('shows the whole way in less than a minute and leaves nothing behind', () => {
    const began = performance.now();

    const run = spawnSync('npm', ['run', '--silent', 'quick'], {
      cwd: project,
      env: environment,
      encoding: 'utf8',
      input: '',
    });

    expect(run.stderr).not.toContain('was not expected');
    expect(run.status).toBe(0);
    const typed = run.stdout.split('\n').filter((line) => line.startsWith('$ nodemend '));
    expect(typed).toEqual([...tour, lastStop].map(({ command }) => `$ nodemend ${command}`));
    expect(run.stdout).toContain('What to try next:');
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(labsLeft()).toEqual([]);
    expect(leftoverProcesses('NODEMEND_QUICK_TEST', mark)).toEqual([]);
  }, 120_000);

  it.each(['container', 'user', 'no-apt'] as const)('shows a recorded cluster on a machine like a %s', (machine) => {
    // The bundle is made before, by who may write to the checkout.
    spawnSync(join(project, 'bin/nodemend'), ['--version']);

    const run = onLesserMachine(machine, ['npm', 'run', 'quick'], { ...environment, NODEMEND_CONFIG: '/of/the/user' });

    expect(run.stderr).not.toContain('was not expected');
    expect(run.status).toBe(0);
    const typed = run.stdout.split('\n').filter((line) => line.startsWith('$ nodemend '));
    expect(typed).toEqual(recordedTour.map(({ command }) => `$ nodemend ${command}`));
    expect(run.stdout).toContain('No practice cluster can be started here');
    expect(run.stdout).toMatch(/^CREATE {2}\/etc\/logrotate\.d\/docker on 3 nodes$/m);
    expect(run.stdout).toContain(recordedClosing.en);
    expect(run.stdout.includes('set-up: going on without')).toBe(machine === 'no-apt');
  });

  it('takes the practice cluster down after Ctrl-C', async () => {
    const child = spawn('npm', ['run', '--silent', 'quick'], {
      cwd: project,
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    let output = '';
    for await (const part of child.stdout.setEncoding('utf8')) {
      output += String(part);
      // The terminal sends it to every process of the group.
      if (output.includes('$ nodemend diagnose') && !output.includes('$ nodemend lab down'))
        process.kill(-(child.pid ?? 0), 'SIGINT');
    }

    expect(output).toContain(`$ nodemend ${lastStop.command}`);
    expect(output).not.toContain('What to try next:');
    expect(labsLeft()).toEqual([]);
    expect(leftoverProcesses('NODEMEND_QUICK_TEST', mark)).toEqual([]);
  }, 120_000);
});
