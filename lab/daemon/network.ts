import { bridgeAddress, networkPrefix } from '../cluster/addresses.ts';
import { mustRun, runProgram } from '../node-root/run-program.ts';

export const mainBridge = 'lab';
/**
 * Of the bridge. Without one of its own it takes the lowest of its ports', and changes it when a node comes or goes.
 */
const bridgeHardwareAddress = '02:00:0a:4d:ff:ff';

/** The lab's network: one bridge in the daemon's own network namespace. The machine's network sees none of it. */
export async function makeBridge(): Promise<void> {
  const commands = [
    'link set lo up',
    `link add ${mainBridge} address ${bridgeHardwareAddress} type bridge forward_delay 0`,
    `address add ${bridgeAddress}/${networkPrefix} dev ${mainBridge}`,
    `link set ${mainBridge} up`,
  ];
  await mustRun('network', 'ip', ['-batch', '-'], `${commands.join('\n')}\n`);
}

/** A cable from a bridge into the network namespace of a process, where its end is called eth0. */
export async function plugIn(index: number, pid: number, bridge: string = mainBridge): Promise<void> {
  // The kernel takes a dead node's network namespace, and its cable with it, apart in its own time.
  await runProgram('ip', ['link', 'delete', cableName(index)]);
  const cable = `link add ${cableName(index)} master ${bridge} up type veth peer name eth0 address ${hardwareAddress(index)} netns ${pid}`;
  await mustRun('network', 'ip', ['-batch', '-'], `${cable}\n`);
}

/** The bridge's end of a node's cable. */
export function cableName(index: number): string {
  return `node${index}`;
}

/** The same at every boot of a node: neighbours remember it. Locally administered, as the 2 says. */
export function hardwareAddress(index: number): string {
  const [high, low] = [index >> 8, index & 0xff].map((byte) => byte.toString(16).padStart(2, '0'));
  return `02:00:0a:4d:${high}:${low}`;
}
