/** One contender of the fan-out bench, in a process of its own: visits all nodes once and says what that took. */
import { readFileSync } from 'node:fs';
import { visitBare } from './bare-ssh2.ts';
import { visitByNodemend } from './nodemend.ts';
import type { SshNodes } from './fixture.ts';

export type Contender = 'bare' | 'nodemend';

export interface FanOutJob extends SshNodes {
  readonly contender: Contender;
  /** Facts that nodemend is not asked for; default none. */
  readonly without?: readonly string[];
}

export interface FanOutMeasure {
  readonly ms: number;
  /** Processor time of this process. */
  readonly cpuMs: number;
}

const visits: Readonly<Record<Contender, (job: FanOutJob, script: string) => Promise<void>>> = {
  bare: visitBare,
  nodemend: visitByNodemend,
};

const job = JSON.parse(process.argv[2] ?? '{}') as FanOutJob;
const script = readFileSync(job.scriptFile, 'utf8');
const began = performance.now();
const before = process.cpuUsage();
await visits[job.contender](job, script);
const { user, system } = process.cpuUsage(before);
const measure: FanOutMeasure = { ms: performance.now() - began, cpuMs: (user + system) / 1000 };
process.send?.(measure);
process.disconnect();
