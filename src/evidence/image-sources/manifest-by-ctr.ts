import { NodemendError } from '../../errors/nodemend-error.ts';
import { oneLine } from '../../network/one-line.ts';
import { formatReference } from '../../registry/reference/image-reference.ts';
import pathOfRoot from '../../runtimes/path-of-root.sh?raw';
import type { NodeConnection } from '../../transport/transport.ts';
import type { FetchManifest } from './ask-manifest.ts';
import script from './manifest-by-ctr.sh?raw';

const seconds = 10;
/** OCI distribution-spec, "Pushing Manifests": registries need take no larger one than 4 MiB; images of Kubernetes have 10 KiB. */
const longest = 1024 * 1024;

interface Way {
  readonly hosts: 'runtime' | 'plain-http';
  readonly hostsFolder: string | undefined;
}

/**
 * Gets manifests from a node on the way that its containerd goes: by `ctr`, with containerd's hosts' folders, so that
 * mirrors, their authorities and redirects are those of a pull. Anonymously.
 */
export function manifestByCtr(connection: NodeConnection, { hosts, hostsFolder }: Way): FetchManifest {
  return async (reference, signal) => {
    const { exitCode, stdout, stderr, truncated } = await connection.exec({
      script: `${pathOfRoot}\n${script}`,
      args: [hosts, formatReference(reference), ...(hostsFolder === undefined ? [] : [hostsFolder])],
      // Certificates that hosts' folders name may be for root alone.
      privilege: 'root',
      timeoutMs: seconds * 1000,
      maxOutputBytes: longest,
      signal,
    });
    if (exitCode === 0 && !truncated) return { state: 'found', content: stdout };
    const said = truncated ? `its answer is longer than ${longest / 1024} KiB` : problemOf(exitCode, stderr);
    if (said.endsWith(': not found')) return { state: 'absent' };
    if (denials.test(said)) return { state: 'denied' };
    throw new NodemendError('REGISTRY_UNREACHABLE', {
      host: reference.registry,
      seconds,
      problem: `${connection.node}: ${oneLine(said)}`,
      context: '',
    });
  };
}

/** How containerd says of a registry that it wants a login (core/remotes/docker, resolver.go and authorizer.go). */
const denials = /\b40[13] (?:Unauthorized|Forbidden)\b|authorization failed|insufficient_scope/u;

/** ctr logs each host that it tries, and says last why there was nothing. */
function problemOf(exitCode: number, stderr: Uint8Array): string {
  if (exitCode === 127 || exitCode === 126) return 'it has no ctr that can be started';
  const lines = Buffer.from(stderr).toString('utf8').trimEnd().split('\n');
  if (exitCode === 78) return `others than root have a say in what its ctr is (${lines.at(-1)})`;
  const error = lines.findLast((line) => line.startsWith('ctr: ')) ?? lines.at(-1) ?? '';
  return error.replace(/^ctr: /u, '') || 'no answer';
}
