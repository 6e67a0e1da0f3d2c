/**
 * What nodemend adds to the SSH library: the same script on the same nodes, by nodemend and by bare ssh2, 20 ms away (a relay
 * in its own process holds every byte back for 10 ms each way). One real sshd plays all nodes. The contenders take turns, each
 * in a process of its own; medians are compared. Then the memory of open connections.
 *
 *     sh scripts/with-node.sh bench/fan-out.ts [--nodes 300] [--runs 5] [--user root] [--system-ssh] [--open 2000]
 */
import { fork, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { insideProgram } from '../test/inside-program.ts';
import { createLoginNode } from '../test/login-node.ts';
import { makeSshKey } from '../test/ssh-keys.ts';
import { startSshd } from '../test/sshd.ts';
import { startTcpRelay } from '../test/tcp-relay.ts';
import type { Contender, FanOutJob, FanOutMeasure } from './fan-out/contender.ts';
import type { OpenConnectionsJob, OpenConnectionsMeasure } from './fan-out/open-connections.ts';

/** Design bars: time against the bare library, kilobytes for each open connection, megabytes for 2,000 of them. */
const bars = { ratio: 1.15, kbEach: 100, rssMb: 400 };
/** All probes of all problems travel as one script; this is about how long it is. */
const scriptBytes = 24_000;

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '300' },
    runs: { type: 'string', default: '5' },
    user: { type: 'string', default: 'root' },
    open: { type: 'string', default: '2000' },
    'system-ssh': { type: 'boolean', default: false },
  },
});
const report = (line: string): void => void process.stderr.write(`${line}\n`);

function inProcess<T>(file: string, job: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'fan-out', file), [JSON.stringify(job)], { execArgv: [...process.execArgv, '--expose-gc'] });
    child.on('message', (result) => resolve(result as T));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${file} ended with ${code} and without a result`)));
  });
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

async function compare(job: Omit<FanOutJob, 'contender'>): Promise<boolean> {
  const contenders: readonly Contender[] = ['bare', 'ssh', ...(values['system-ssh'] ? (['system-ssh'] as const) : [])];
  const measures = new Map<Contender, FanOutMeasure[]>(contenders.map((contender) => [contender, []]));
  // The first round warms caches and does not count.
  for (let run = 0; run <= Number(values.runs); run++) {
    for (const contender of run % 2 === 0 ? contenders : contenders.toReversed()) {
      const measure = await inProcess<FanOutMeasure>('contender.ts', { ...job, contender });
      report(`  ${run === 0 ? 'warm-up' : `run ${run}`}  ${contender.padEnd(10)} ${measure.ms.toFixed(0)} ms, ${measure.cpuMs.toFixed(0)} ms CPU`);
      if (run > 0) measures.get(contender)?.push(measure);
    }
  }
  const of = (contender: Contender, value: keyof FanOutMeasure): number => median((measures.get(contender) ?? []).map((measure) => measure[value]));
  const ratio = of('ssh', 'ms') / of('bare', 'ms');
  const each = (contender: Contender): string => {
    const { length } = job.addresses;
    return `${(of(contender, 'ms') / length).toFixed(1)} ms and ${(of(contender, 'cpuMs') / length).toFixed(1)} ms CPU a node`;
  };
  for (const contender of contenders) console.log(`${contender}: ${of(contender, 'ms').toFixed(0)} ms for ${job.addresses.length} nodes as ${job.user}, ${each(contender)}`);
  console.log(`ratio to bare ssh2: ${ratio.toFixed(2)} (bar ${bars.ratio})`);
  return ratio <= bars.ratio;
}

async function holdOpen(folder: string, identityFile: string): Promise<boolean> {
  const hostKey = makeSshKey(folder, 'fake-host');
  const server = spawn(process.execPath, [join(import.meta.dirname, 'fan-out', 'fake-server.ts'), hostKey.path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { value: port } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
  const knownHostsFile = join(folder, 'fake-known-hosts');
  writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${hostKey.publicLine}\n`);
  const job: OpenConnectionsJob = { count: Number(values.open), port: Number(port), identityFile, knownHostsFile };
  const measure = await inProcess<OpenConnectionsMeasure>('open-connections.ts', job);
  server.stdin.end();
  console.log(`open connections: ${measure.count} in ${measure.ms.toFixed(0)} ms, a command on each in ${measure.commandMs.toFixed(0)} ms`);
  console.log(`  ${measure.kbEach.toFixed(0)} KB each (bar ${bars.kbEach}), ${measure.rssMb.toFixed(0)} MB in all (bar ${bars.rssMb} for 2,000)`);
  return measure.kbEach <= bars.kbEach && measure.rssMb <= bars.rssMb;
}

const node = await createLoginNode();
try {
  const { shared } = node.root;
  process.env['XDG_RUNTIME_DIR'] = shared;
  const key = makeSshKey(shared, 'id');
  const sshd = await startSshd(node.root, { config: ['MaxStartups 1000:30:1000'] });
  sshd.authorize(values.user, key);
  const relay = await startTcpRelay({ serverPort: sshd.port, addresses: Number(values.nodes), delayMs: 10 });
  const knownHostsFile = join(shared, 'known_hosts');
  writeFileSync(knownHostsFile, `[127.9.*]:${relay.port} ${sshd.hostKeys[0]?.publicLine}\n`);
  const scriptFile = join(shared, 'script');
  const script = readFileSync(join(import.meta.dirname, 'fan-out', 'script.sh'), 'utf8');
  writeFileSync(scriptFile, `${script}${'# about as long as all probes together\n'.repeat((scriptBytes - script.length) / 39)}`);
  const sshProgram = insideProgram(node.root, 'ssh');
  const { addresses, port } = relay;
  const held = [
    await compare({ addresses, port, user: values.user, identityFile: key.path, knownHostsFile, sshProgram, scriptFile }),
    await holdOpen(shared, key.path),
  ];
  await relay.close();
  await sshd.close();
  process.exitCode = held.every(Boolean) ? 0 : 1;
} finally {
  await node.close();
}
