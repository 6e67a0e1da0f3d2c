import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { onNode } from './on-node.ts';
import type { Testbed } from './testbed-up.ts';

const onTheNode = '/var/tmp/image.tar';
const load = `trap 'rm -f ${onTheNode}' EXIT; sh /usr/lib/testbed/load-images.sh "$1" ${onTheNode}`;

/**
 * Gives the runtime of every node an image from an archive (`npm run image` makes one), as if it had pulled it: there
 * is no registry needed.
 */
export async function loadImage(testbed: Testbed, archive: string): Promise<void> {
  for (const { name, runtime } of testbed.plan.nodes) {
    await send(testbed, name, archive);
    const { exitCode, stderr } = await onNode(testbed, name, load, [runtime]);
    if (exitCode !== 0) throw new Error(`${name} did not take the image: ${stderr.trim()}`);
  }
}

async function send({ folder }: Testbed, node: string, archive: string): Promise<void> {
  const file = await open(archive).catch((cause: Error) => {
    throw new Error(`cannot read ${archive}: ${cause.message}\n  next: npm run image`);
  });
  try {
    const child = spawn(
      'ssh',
      ['-F', folder.sshConfig, '-o', 'BatchMode=yes', node, `sudo tee ${onTheNode} >/dev/null`],
      { stdio: [file.fd, 'ignore', 'inherit'] },
    );
    const code = await new Promise<number | null>(
      (resolve, reject) => void child.once('error', reject).once('close', resolve),
    );
    if (code !== 0) throw new Error(`${node} did not take ${archive}: ssh ended with ${code}`);
  } finally {
    await file.close();
  }
}
