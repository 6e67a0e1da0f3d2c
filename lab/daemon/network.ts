import { bridgeAddress, networkPrefix } from '../cluster/addresses.ts';
import { mustRun, runProgram } from '../node-root/run-program.ts';

const bridge = 'lab';

/** The lab's network: one bridge in the daemon's own network namespace. The machine's network sees none of it. */
export async function makeBridge(): Promise<void> {
  const commands = [
    'link set lo up',
    `link add ${bridge} type bridge forward_delay 0`,
    `address add ${bridgeAddress}/${networkPrefix} dev ${bridge}`,
    `link set ${bridge} up`,
  ];
  await mustRun('network', 'ip', ['-batch', '-'], `${commands.join('\n')}\n`);
}

/** A cable from the bridge into the network namespace of a process, where its end is called eth0. */
export async function plugIn(index: number, pid: number): Promise<void> {
  // The kernel takes a dead node's network namespace, and its cable with it, apart in its own time.
  await runProgram('ip', ['link', 'delete', `node${index}`]);
  const cable = `link add node${index} master ${bridge} up type veth peer name eth0 address ${hardwareAddress(index)} netns ${pid}`;
  await mustRun('network', 'ip', ['-batch', '-'], `${cable}\n`);
}

/** The same at every boot of a node: neighbours remember it. Locally administered, as the 2 says. */
function hardwareAddress(index: number): string {
  const [high, low] = [index >> 8, index & 0xff].map((byte) => byte.toString(16).padStart(2, '0'));
  return `02:00:0a:4d:${high}:${low}`;
}
