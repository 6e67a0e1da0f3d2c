import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** How long the commands may take altogether, milliseconds. */
const timeout = 120_000;

/**
 * Runs a shell text on a terminal of the given size and gives its screen as it is at the end, one string a line,
 * colours as SGR sequences, empty lines at the end left out. The terminal is tmux, so cursor movements are done as a
 * real one does them.
 */
export function captureScreen(script: string, size: ScreenSize, environment: NodeJS.ProcessEnv): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-screen-'));
  const tmux = (...args: readonly string[]): string => runTmux(join(folder, 'socket'), args, environment);
  try {
    const dimensions = ['-x', String(size.columns), '-y', String(size.rows)];
    tmux(
      'new-session',
      '-d',
      ...dimensions,
      'sh',
      '-c',
      `tmux wait-for go\n${script}\ntmux wait-for -S done; sleep ${timeout / 1000}`,
    );
    tmux('set-option', '-g', 'status', 'off');
    tmux('resize-window', ...dimensions);
    tmux('wait-for', '-S', 'go');
    tmux('wait-for', 'done');
    return tmux('capture-pane', '-e', '-p').trimEnd().split('\n');
  } finally {
    tmux('kill-server');
    rmSync(folder, { recursive: true, force: true });
  }
}

function runTmux(socket: string, args: readonly string[], environment: NodeJS.ProcessEnv): string {
  const run = spawnSync('tmux', ['-S', socket, '-f', '/dev/null', '-u', ...args], {
    encoding: 'utf8',
    env: environment,
    timeout,
  });
  if (run.status !== 0) throw new Error(`tmux ${args[0]} failed: ${run.error?.message ?? run.stderr}`);
  return run.stdout;
}
