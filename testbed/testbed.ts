/** `npm run testbed -- up|status|shell|ssh|reboot|…`: a real cluster on this machine. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { imageArchive } from '../scripts/image/image-archive.ts';
import { loadImage } from './load-image.ts';
import { fillDisk, openShell, rebootNode } from './on-node.ts';
import { healNode, partitionNode } from './partition.ts';
import { cutPower, killApiServer, parseBootDelay, setBootDelay, startNode } from './power.ts';
import { resumeRegistry, stopRegistry } from './registry/registry-outage.ts';
import { findPrograms } from './programs.ts';
import { testbedDown } from './testbed-down.ts';
import { testbedStatus, statusLines } from './testbed-status.ts';
import { testbedUp } from './testbed-up.ts';
import { vmImage } from './vm/image.ts';

const usage = `npm run testbed -- COMMAND [--name NAME]
  up [--containerd 2] [--containerd2 0] [--docker 0]
                                     a control plane and nodes, ready to use
     [--stand-in]                    Docker nodes without a kubelet: the testbed writes their Node objects
     [--user-script FILE]            what every node runs at its first boot, before it joins, as on NKS
     [--grub]                        nodes with Debian's own GRUB, whose packages are fetched into the cache
     [--closed NODE,NODE]            nodes that reach the API server, the bastion and mirror.test, and nothing else
  build                              builds, or finds, all programs that up can need
  build-vm                           makes, or finds, the disk of the virtual machine
  status                             what is there, and where
  shell NODE                         a root shell on a node
  ssh NODE [COMMAND…]                a login, or a command, as the node's user
  reboot NODE                        systemctl reboot, and back
  power-cut NODE                     ends it in the middle of everything; what it has not synced is lost
  start NODE                         a node that was powered off, or whose start is being waited for
  boot-delay NODE SECONDS|never      makes every start from now on late, or not come at all; 0 ends that
  fill NODE 92%                      fills the node's disk
  partition NODE                     cuts the node off: what is sent is lost
  heal NODE                          ends that
  kill-api-server                    in the middle of everything; it is started again
  stop-registry NAME                 its host refuses connections
  resume-registry upstream|mirror    ends that
  load-image [ARCHIVE]               gives every node nodemend's own image (npm run image), or another
  down                               leaves nothing`;

const { values, positionals } = parseArgs({
  options: {
    name: { type: 'string' },
    containerd: { type: 'string', default: '2' },
    containerd2: { type: 'string', default: '0' },
    docker: { type: 'string', default: '0' },
    'stand-in': { type: 'boolean', default: false },
    grub: { type: 'boolean', default: false },
    closed: { type: 'string', default: '' },
    'user-script': { type: 'string' },
  },
  allowPositionals: true,
});
const [command, node = '', ...rest] = positionals;
const choice = values.name === undefined ? {} : { name: values.name };

let interrupted = false;
const report = (line: string): void => console.error(line);

/** Each says its exit code, or what to print. */
const commands = new Map<string, () => Promise<number | string>>([
  ['up', up],
  ['build', build],
  ['build-vm', async () => (await vmImage({ environment: process.env, report, signal: untilSignal() })).disk],
  ['status', status],
  ['shell', async () => openShell(await testbedStatus(choice), node, ['sudo', '-i'])],
  ['ssh', async () => openShell(await testbedStatus(choice), node, rest)],
  [
    'reboot',
    async () => `${node} is back after ${((await rebootNode(await testbedStatus(choice), node)) / 1000).toFixed(1)} s`,
  ],
  ['power-cut', async () => cutPower(await testbedStatus(choice), node).then(() => `${node} has lost its power`)],
  ['start', async () => startNode(await testbedStatus(choice), node).then(() => `${node} boots`)],
  [
    'boot-delay',
    async () => setBootDelay(await testbedStatus(choice), node, parseBootDelay(rest[0] ?? '')).then(() => status()),
  ],
  ['fill', async () => fillDisk(await testbedStatus(choice), node, rest[0] ?? '')],
  ['partition', async () => partitionNode(await testbedStatus(choice), node).then(() => `${node} is cut off`)],
  ['heal', async () => healNode(await testbedStatus(choice), node).then(() => `${node} is no longer cut off`)],
  ['kill-api-server', async () => killApiServer(await testbedStatus(choice)).then(() => 'it is started again')],
  ['stop-registry', async () => stopRegistry(await testbedStatus(choice), node).then(() => `${node} is stopped`)],
  ['resume-registry', async () => resumeRegistry(await testbedStatus(choice), node).then(() => `${node} answers`)],
  [
    'load-image',
    async () => loadImage(await testbedStatus(choice), node || imageArchive()).then(() => 'every node has the image'),
  ],
  ['down', async () => ((await testbedDown(choice)) ? 'down' : 'there was none')],
]);

async function run(): Promise<number> {
  const chosen = commands.get(command ?? '');
  if (!chosen) {
    console.error(usage);
    return 2;
  }
  const outcome = await chosen();
  if (typeof outcome === 'number') return outcome;
  console.log(outcome);
  return 0;
}

async function status(): Promise<string> {
  return (await statusLines(await testbedStatus(choice))).join('\n');
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

async function up(): Promise<string> {
  const signal = untilSignal();
  const startedAt = performance.now();
  const size = {
    containerd: count(values.containerd, '--containerd'),
    containerd2: count(values.containerd2, '--containerd2'),
    docker: count(values.docker, '--docker'),
    closed: values.closed.split(',').filter((name) => name !== ''),
  };
  const file = values['user-script'];
  const userScript = file === undefined ? {} : { userScript: { content: readFileSync(file, 'utf8') } };
  const how = { standIn: values['stand-in'], grub: values.grub };
  await testbedUp({ ...choice, ...size, ...userScript, ...how, report, signal });
  const took = `up in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  return `${took}\n\n${await status()}`;
}

function count(text: string, option: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new Error(`${option} takes a number of nodes, not ${text}`);
  return Number(text);
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(`testbed: ${(error as Error).message}`);
  process.exitCode = interrupted ? 130 : 1;
}
