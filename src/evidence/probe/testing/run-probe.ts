import { spawn, type ChildProcess } from 'node:child_process';
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

/** Starts a composed probe as `<enter…> <shell> -c`; `enter` leads into a root of its own. */
export function startProbe(
  enter: readonly string[],
  shell: readonly string[],
  facts: readonly Fact[],
  budget = 10,
): RunningProbe {
  const marker = randomBytes(16).toString('hex');
  const args = [...enter, ...shell, '-c', composeProbe(facts).script, 'sh', marker, String(budget)];
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

export function textOf(run: ProbeRun, section: string): string {
  return Buffer.from(frameOf(run, section).output).toString('latin1');
}
