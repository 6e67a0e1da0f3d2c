/** `npm run testbed -- up|status|shell|ssh|reboot|…`: a real cluster on this machine. */
import { readFileSync } from 'node:fs';
import { imageArchive } from '../scripts/image/image-archive.ts';
import { readCommandLine, usage, UsageError, type CommandLine, type CommandName } from './command-line.ts';
import { loadImage } from './load-image.ts';
import { fillDisk, openShell, rebootNode } from './on-node.ts';
import { healNode, partitionNode } from './partition.ts';
import { cutPower, killApiServer, parseBootDelay, setBootDelay, startNode } from './power.ts';
import { resumeRegistry, stopRegistry } from './registry/registry-outage.ts';
import { findPrograms } from './programs.ts';
import { testbedDown } from './testbed-down.ts';
import type { TestbedChoice } from './testbed-folder.ts';
import { statusLines, testbedStatus, type TestbedStatus } from './testbed-status.ts';
import { testbedUp } from './testbed-up.ts';
import { vmImage } from './vm/image.ts';

let interrupted = false;
const report = (line: string): void => console.error(line);

async function run(): Promise<number> {
  const line = readCommandLine(process.argv.slice(2));
  const outcome = line === undefined ? usage() : await carryOut(line);
  if (typeof outcome === 'number') return outcome;
  console.log(outcome);
  return 0;
}

/** @returns an exit code, or what to print */
async function carryOut(line: CommandLine): Promise<number | string> {
  switch (line.command) {
    case 'up':
      return up(line);
    case 'build':
      return build();
    case 'build-vm':
      return (await vmImage({ environment: process.env, report, signal: untilSignal() })).disk;
    case 'down':
      return (await testbedDown(choice(line))) ? 'down' : 'there was none';
    case 'shell':
    case 'ssh':
      return logIn(line);
    default:
      return ask(line, line.command);
  }
}

async function logIn(line: CommandLine): Promise<number> {
  const [node = '', ...command] = line.words;
  return openShell(await testbedStatus(choice(line)), node, line.command === 'shell' ? ['sudo', '-i'] : command);
}

type Asked = Exclude<CommandName, 'up' | 'build' | 'build-vm' | 'down' | 'shell' | 'ssh'>;

/** What is asked of a testbed that is up: says what to print. `name` is that of a node or of a registry. */
const asked: Readonly<Record<Asked, (testbed: TestbedStatus, name: string, measure: string) => Promise<string>>> = {
  status: async (testbed) => (await statusLines(testbed)).join('\n'),
  reboot: async (testbed, node) => `${node} is back after ${((await rebootNode(testbed, node)) / 1000).toFixed(1)} s`,
  'power-cut': (testbed, node) => cutPower(testbed, node).then(() => `${node} has lost its power`),
  start: (testbed, node) => startNode(testbed, node).then(() => `${node} boots`),
  'boot-delay': async (testbed, node, delay) => {
    await setBootDelay(testbed, node, parseBootDelay(delay));
    return delay === 'never' ? `${node} does not come back from a reboot` : `${node} boots ${delay} s late`;
  },
  fill: (testbed, node, share) => fillDisk(testbed, node, share),
  partition: (testbed, node) => partitionNode(testbed, node).then(() => `${node} is cut off`),
  heal: (testbed, node) => healNode(testbed, node).then(() => `${node} is no longer cut off`),
  'kill-api-server': (testbed) => killApiServer(testbed).then(() => 'it is started again'),
  'stop-registry': (testbed, registry) => stopRegistry(testbed, registry).then(() => `${registry} is stopped`),
  'resume-registry': (testbed, registry) => resumeRegistry(testbed, registry).then(() => `${registry} answers`),
  'load-image': (testbed, archive) =>
    loadImage(testbed, archive || imageArchive()).then(() => 'every node has the image'),
};

async function ask(line: CommandLine, command: Asked): Promise<string> {
  const [name = '', measure = ''] = line.words;
  return asked[command](await testbedStatus(choice(line)), name, measure);
}

function choice({ values: { name } }: CommandLine): TestbedChoice {
  return name === undefined ? {} : { name };
}

function untilSignal(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted = true;
      abort.abort(new Error(`ended by ${signal}`));
    });
  }
  return abort.signal;
}

async function build(): Promise<string> {
  const programs = await findPrograms({
    environment: process.env,
    docker: 'kubelet',
    containerd2: true,
    report,
    signal: untilSignal(),
  });
  return Object.entries(programs)
    .map(([name, path]) => `${name}  ${path}`)
    .join('\n');
}

async function up(line: CommandLine): Promise<string> {
  const { values } = line;
  const signal = untilSignal();
  const startedAt = performance.now();
  const size = {
    containerd: count(values.containerd ?? '2', '--containerd'),
    containerd2: count(values.containerd2 ?? '0', '--containerd2'),
    docker: count(values.docker ?? '0', '--docker'),
    closed: (values.closed ?? '').split(',').filter((name) => name !== ''),
  };
  const file = values['user-script'];
  const userScript = file === undefined ? {} : { userScript: { content: readFileSync(file, 'utf8') } };
  const how = { standIn: values['stand-in'] ?? false, grub: values.grub ?? false };
  await testbedUp({ ...choice(line), ...size, ...userScript, ...how, report, signal });
  const took = `up in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  return `${took}\n\n${await ask(line, 'status')}`;
}

function count(text: string, option: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new Error(`${option} takes a number of nodes, not ${text}`);
  return Number(text);
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(`testbed: ${(error as Error).message}`);
  process.exitCode = interrupted ? 130 : error instanceof UsageError ? 2 : 1;
}
