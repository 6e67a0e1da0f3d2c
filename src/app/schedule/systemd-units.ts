import { isAbsolute, join } from 'node:path';
import { homedir } from 'node:os';
import { unitName } from '../../engine/schedule/unit-text.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { runLocalProgram } from '../../transport/local/local-program.ts';
import type { Environment } from '../ports.ts';

/** Root's timers are the system's; anybody else's are of their own manager. */
export function isSystem(): boolean {
  return process.getuid?.() === 0;
}

export function unitFiles(
  name: string,
  environment: Environment,
): { readonly service: string; readonly timer: string } {
  const configured = environment['XDG_CONFIG_HOME'] ?? '';
  const own = isAbsolute(configured) ? configured : join(environment['HOME'] || homedir(), '.config');
  const folder = isSystem() ? '/etc/systemd/system' : join(own, 'systemd/user');
  return { service: join(folder, `${unitName(name)}.service`), timer: join(folder, `${unitName(name)}.timer`) };
}

/** Lets systemd read the units and arms the timer. @throws NodemendError SYSTEMCTL_FAILED */
export async function startTimer(name: string, environment: Environment): Promise<void> {
  await verifyUnits(name, environment);
  await systemctl(['daemon-reload'], environment);
  await systemctl(['enable', '--now', '--quiet', `${unitName(name)}.timer`], environment);
}

/**
 * Before its files are taken away. A timer that somebody stopped already is as well. @throws NodemendError
 * SYSTEMCTL_FAILED
 */
export async function stopTimer(name: string, environment: Environment): Promise<void> {
  await systemctl(['disable', '--now', '--quiet', `${unitName(name)}.timer`], environment);
  // When it last came up is only of use to a timer, and a run that failed stays in the list of units. Old versions
  // cannot do the one, and there is nothing to do for the other when no run failed.
  await systemctl(['clean', '--what=state', `${unitName(name)}.timer`], environment).catch(() => undefined);
  await systemctl(['reset-failed', `${unitName(name)}.service`], environment).catch(() => undefined);
}

/** After its files were taken away. */
export async function forgetUnits(environment: Environment): Promise<void> {
  await systemctl(['daemon-reload'], environment);
}

export interface TimerState {
  readonly active: boolean;
  readonly enabled: boolean;
  /** RFC 3339; absent when nothing is to come. */
  readonly next?: string;
}

/** @throws NodemendError SYSTEMCTL_FAILED */
export async function timerState(name: string, environment: Environment): Promise<TimerState> {
  const text = await systemctl(
    ['show', `${unitName(name)}.timer`, '--property=ActiveState,UnitFileState,NextElapseUSecRealtime'],
    environment,
  );
  const values = new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
  );
  const next = timeOf(values.get('NextElapseUSecRealtime') ?? '');
  return {
    active: values.get('ActiveState') === 'active',
    enabled: values.get('UnitFileState') === 'enabled',
    ...(next === undefined ? {} : { next }),
  };
}

/**
 * A time as systemctl prints it: `Thu 2026-11-26 21:17:00 KST`, in the zone that this process is in too
 * (systemd.time(7)); newer ones have `--timestamp=`. RFC 3339; undefined for what is none.
 */
export function timeOf(text: string): string | undefined {
  const [, day, time] = /^\w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(text) ?? [];
  const date = new Date(`${day}T${time}`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** What systemd itself says of the units; a machine without the program takes them as they are. */
async function verifyUnits(name: string, environment: Environment): Promise<void> {
  const { service, timer } = unitFiles(name, environment);
  const args = [...(isSystem() ? [] : ['--user']), 'verify', '--man=no', service, timer];
  const ended = await runLocalProgram({
    program: 'systemd-analyze',
    args,
    environment: { ...environment, LC_ALL: 'C' },
    limitMs: 60_000,
  }).catch(() => undefined);
  if (!ended || ended.exitCode === 0) return;
  const own = ended.stderr
    .toString()
    .split('\n')
    .find((line) => line.includes(unitName(name)));
  // It also tells what is wrong with units of others that ours come near.
  if (own !== undefined)
    throw new NodemendError('SYSTEMCTL_FAILED', { command: 'systemd-analyze verify', detail: own });
}

async function systemctl(args: readonly string[], environment: Environment): Promise<string> {
  const all = [...(isSystem() ? [] : ['--user']), ...args];
  const command = `systemctl ${all.join(' ')}`;
  let detail: string;
  try {
    const { exitCode, stdout, stderr } = await runLocalProgram({
      program: 'systemctl',
      args: all,
      environment: { ...environment, LC_ALL: 'C' },
      limitMs: 60_000,
    });
    if (exitCode === 0) return stdout.toString();
    detail = stderr.toString().trim().split('\n').at(-1) ?? '';
  } catch (cause) {
    throw new NodemendError(
      'SYSTEMCTL_FAILED',
      { command, detail: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
  throw new NodemendError('SYSTEMCTL_FAILED', { command, detail: detail || 'no answer' });
}
