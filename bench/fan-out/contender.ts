/** One contender of the fan-out bench, in a process of its own: visits all nodes once and says what that took. */
import { readFileSync } from 'node:fs';
import { visitBare } from './bare-ssh2.ts';
import { visitByTransport } from './by-transport.ts';

export type Contender = 'bare' | 'ssh' | 'system-ssh';

export interface FanOutJob {
  readonly contender: Contender;
  readonly addresses: readonly string[];
  readonly port: number;
  readonly user: string;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  readonly sshProgram: string;
  readonly scriptFile: string;
}

export interface FanOutMeasure {
  readonly ms: number;
  /** Processor time of this process. */
  readonly cpuMs: number;
}

const visits: Readonly<Record<Contender, (job: FanOutJob, script: string) => Promise<void>>> = {
  bare: visitBare,
  ssh: visitByTransport,
  'system-ssh': visitByTransport,
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
