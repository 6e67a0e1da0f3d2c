import { dirname } from 'node:path';
import { lastLines, runProgram } from '../../lab/node-root/run-program.ts';
import { authorityFile, scratchFolder } from './registry-folder.ts';
import skopeoScript from './skopeo.sh?raw';
import type { TestbedFolder } from '../testbed-folder.ts';
import type { Testbed } from '../testbed-up.ts';
import { plannedRegistry, type RegistryName, type TestbedPlan } from '../testbed-plan.ts';

/** An image archive: `docker-archive` as `docker save` writes it, `oci-archive` as buildah and the like do. */
export interface ImageArchive {
  readonly format: 'docker-archive' | 'oci-archive';
  readonly file: string;
  /** Which of its images, where it holds several. */
  readonly reference?: string;
}

/**
 * Pushes an image to the registry outside, from the machine: nodes then pull it as `upstream.test/NAME`, with the
 * credentials, or as `mirror.test/NAME`. Or to that of the closed nodes, as `internal.test/NAME`.
 * @param name repository and tag, `box:1`
 */
export async function pushImage(
  { plan, folder }: Testbed,
  archive: ImageArchive,
  name: string,
  registry: 'upstream' | 'internal' = 'upstream',
): Promise<void> {
  await pushTo(loopbackHost(plan, registry), folder, archive, name);
}

/** `127.78.1.4:2222`: a registry as the machine reaches it; its certificate holds for that too. */
export function loopbackHost(plan: TestbedPlan, registry: RegistryName): string {
  return `${plannedRegistry(plan, registry).address}:${plan.sshPort}`;
}

/** The password goes by file, never as an argument. @throws Error with what skopeo said last */
export async function pushTo(
  server: string,
  folder: TestbedFolder,
  { format, file, reference }: ImageArchive,
  name: string,
): Promise<void> {
  const source = `${format}:${file}${reference === undefined ? '' : `:${reference}`}`;
  const access = ['--dest-cert-dir', dirname(authorityFile(folder)), '--dest-authfile', folder.registryCredentials];
  const copy = ['copy', '--quiet', ...access, source, `docker://${server}/${name}`];
  const { exitCode, stderr } = await runProgram('unshare', [
    '--mount',
    '--',
    'sh',
    '-c',
    skopeoScript,
    'skopeo.sh',
    scratchFolder(folder),
    ...copy,
  ]);
  if (exitCode !== 0) throw new Error(`${name} could not be pushed: ${lastLines(stderr)}`);
}
