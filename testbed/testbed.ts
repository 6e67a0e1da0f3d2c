/** `npm run testbed -- up|status|shell|ssh|reboot|fill|down`: a real cluster on this machine. */
import { parseArgs } from 'node:util';
import { fillDisk, openShell, rebootNode } from './on-node.ts';
import { testbedDown } from './testbed-down.ts';
import { testbedStatus, statusLines } from './testbed-status.ts';
import { testbedUp } from './testbed-up.ts';

const usage = `npm run testbed -- COMMAND [--name NAME]
  up [--containerd 2] [--docker 0]   a control plane and nodes, ready to use
  status                             what is there, and where
  shell NODE                         a root shell on a node
  ssh NODE [COMMAND…]                a login, or a command, as the node's user
  reboot NODE                        systemctl reboot, and back
  fill NODE 92%                      fills the node's disk
  down                               leaves nothing`;

const { values, positionals } = parseArgs({
  options: { name: { type: 'string' }, containerd: { type: 'string', default: '2' }, docker: { type: 'string', default: '0' } },
  allowPositionals: true,
});
const [command, node = '', ...rest] = positionals;
const choice = values.name === undefined ? {} : { name: values.name };

async function run(): Promise<number> {
  switch (command) {
    case 'up':
      return up();
    case 'status':
      console.log((await statusLines(await testbedStatus(choice))).join('\n'));
      return 0;
    case 'shell':
      return openShell(await testbedStatus(choice), node, ['sudo', '-i']);
    case 'ssh':
      return openShell(await testbedStatus(choice), node, rest);
    case 'reboot':
      console.log(`${node} is back after ${((await rebootNode(await testbedStatus(choice), node)) / 1000).toFixed(1)} s`);
      return 0;
    case 'fill':
      console.log(await fillDisk(await testbedStatus(choice), node, rest[0] ?? ''));
      return 0;
    case 'down':
      console.log((await testbedDown(choice)) ? 'down' : 'there was none');
      return 0;
    default:
      console.error(usage);
      return 2;
  }
}

async function up(): Promise<number> {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort(new Error(`ended by ${signal}`)));
  const startedAt = performance.now();
  const size = { containerd: count(values.containerd, '--containerd'), docker: count(values.docker, '--docker') };
  await testbedUp({ ...choice, ...size, report: (line) => console.error(line), signal: abort.signal });
  console.log(`up in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  console.log((await statusLines(await testbedStatus(choice))).join('\n'));
  return 0;
}

function count(text: string, option: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new Error(`${option} takes a number of nodes, not ${text}`);
  return Number(text);
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(`testbed: ${(error as Error).message}`);
  process.exitCode = 1;
}
