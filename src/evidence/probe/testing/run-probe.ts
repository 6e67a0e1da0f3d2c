import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Fact } from '../../fact.ts';
import { composeProbe } from '../compose.ts';
import { parseFrames, type ProbeReply, type SectionFrame } from '../frames.ts';

/** The shells that a probe must run under; the first is Debian's sh. */
export const shells = [['dash'], ['bash'], ['busybox', 'sh']] as const;

export interface ProbeRun {
  readonly exitCode: number | null;
  readonly reply: ProbeReply;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly tookMs: number;
}

export interface RunningProbe {
  readonly marker: string;
  readonly child: ChildProcess;
  readonly done: Promise<ProbeRun>;
}

/** Facts; the first has the script of all. */
export function factsOf(script: string, keys: readonly string[]): readonly Fact[] {
  const fact = (key: string): Fact => ({ key, script: '', parse: () => undefined });
  const [first = 'demo/none', ...others] = keys;
  return [{ ...fact(first), script }, ...others.map(fact)];
}

/**
 * The limits of a probe are times by the clock, and it makes itself the least urgent of all: beside other tests a section
 * would now and then run out of its time with nothing wrong. What is under test is not who else wants the processors, so
 * the script is ahead of them where the kernel allows it (not in a cgroup without a share of real time); its nice value
 * is its own.
 */
const ahead = ['chrt', '--rr', '1'] as const;
const isAllowed = spawnSync(ahead[0], [...ahead.slice(1), 'true']).status === 0;

/** Starts a composed probe as `<enter…> <shell> -c`; `enter` leads into a root of its own. */
export function startProbe(
  enter: readonly string[],
  shell: readonly string[],
  facts: readonly Fact[],
  budget = 10,
): RunningProbe {
  const marker = randomBytes(16).toString('hex');
  const args = [
    ...(isAllowed ? ahead : []),
    ...enter,
    ...shell,
    '-c',
    composeProbe(facts).script,
    'sh',
    marker,
    String(budget),
  ];
  const started = performance.now();
  // env only starts what follows it, so that the list may begin with any program.
  const child = spawn('env', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const done = new Promise<ProbeRun>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      const stdout = Buffer.concat(out);
      const stderr = Buffer.concat(err).toString();
      resolve({ exitCode, reply: parseFrames(marker, stdout), stdout, stderr, tookMs: performance.now() - started });
    });
  });
  return { marker, child, done };
}

export function frameOf(run: ProbeRun, section: string): SectionFrame {
  const frame = run.reply.sections.get(section);
  if (!frame)
    throw new Error(`no ${section}; stdout: ${run.stdout.toString('latin1').slice(0, 2000)} stderr: ${run.stderr}`);
  return frame;
}

/** @throws Error where the section ran out of its time: what it had printed by then says nothing */
export function textOf(run: ProbeRun, section: string): string {
  if (frameOf(run, section).status === 'timed-out') throw new Error(`${section} ran out of its time`);
  return sentOf(run, section);
}

/** Also of a section that was ended. */
export function sentOf(run: ProbeRun, section: string): string {
  return Buffer.from(frameOf(run, section).output).toString('latin1');
}
