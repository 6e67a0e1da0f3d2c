import { NodemendError } from '../../errors/nodemend-error.ts';
import { oneLine } from '../../network/one-line.ts';
import { formatReference } from '../../registry/reference/image-reference.ts';
import pathOfRoot from '../../runtimes/path-of-root.sh?raw';
import type { EndpointTls } from '../../runtimes/containerd/old-registries.ts';
import type { UsableLogin } from '../../registry/docker-config/login-for.ts';
import type { ExecResult, NodeConnection } from '../../transport/transport.ts';
import type { FetchManifest } from './ask-manifest.ts';
import script from './manifest-by-ctr.sh?raw';

const seconds = 10;
/** OCI distribution-spec, "Pushing Manifests": registries need take no larger one than 4 MiB; images of Kubernetes have 10 KiB. */
const longest = 1024 * 1024;

interface Way {
  readonly hosts: 'runtime' | 'plain-http';
  readonly hostsFolder: string | undefined;
  readonly tls?: EndpointTls | undefined;
  readonly login?: UsableLogin | undefined;
}

/**
 * Gets manifests from a node on the way that its containerd goes: by `ctr`, with containerd's hosts' folders, so that
 * mirrors, their authorities and redirects are those of a pull. A password goes by standard input and a terminal.
 */
export function manifestByCtr(
  connection: NodeConnection,
  { hosts, hostsFolder = '', login, tls = {} }: Way,
): FetchManifest {
  const { user = '', password } = login ?? {};
  const { skipVerify, ca = '', certificate = '', key = '' } = tls;
  const input = password && Buffer.from(`${password.reveal()}\n`);
  return async (reference, signal) => {
    const result = await connection.exec({
      script: `${pathOfRoot}\n${script}`,
      args: [
        hosts,
        formatReference(reference),
        hostsFolder,
        user,
        skipVerify ? 'skip-verify' : '',
        ca,
        certificate,
        key,
      ],
      ...(input === undefined ? {} : { input }),
      // Certificates that hosts' folders name may be for root alone.
      privilege: 'root',
      timeoutMs: seconds * 1000,
      maxOutputBytes: longest,
      signal,
    });
    const { truncated, stderr } = result;
    const { exitCode, content } = input === undefined ? { ...result, content: result.stdout } : endByTerminal(result);
    if (exitCode === 0 && !truncated) return { state: 'found', content };
    const said = truncated ? `its answer is longer than ${longest / 1024} KiB` : problemOf(exitCode, stderr);
    if (said.endsWith(': not found') && !tooLarge.test(said)) return { state: 'absent' };
    if (denials.test(said)) return { state: 'denied' };
    throw new NodemendError('REGISTRY_UNREACHABLE', {
      host: reference.registry,
      seconds,
      problem: `${connection.node}: ${oneLine(said)}`,
      context: '',
    });
  };
}

/** What ctr writes before anything else when it asks for a password. */
const prompt = Buffer.from('Password: \n');

/** Not every script(1) hands on how its program ended: it says so itself, last. */
function endByTerminal({ exitCode, stdout, stderr }: ExecResult): {
  readonly exitCode: number;
  readonly content: Uint8Array;
} {
  const [, code] = /(?:^|\n)nodemend-exit (\d+)\n$/u.exec(Buffer.from(stderr).toString('utf8')) ?? [];
  const isAsked = prompt.equals(stdout.subarray(0, prompt.length));
  return {
    exitCode: code === undefined ? exitCode || 1 : Number(code),
    content: isAsked ? stdout.subarray(prompt.length) : stdout,
  };
}

/** How containerd says of a registry that it wants a login (core/remotes/docker, resolver.go and authorizer.go). */
const denials = /\b40[13] (?:Unauthorized|Forbidden)\b|authorization failed|insufficient_scope/u;

/** What it says was not found, too (core/remotes/docker/resolver.go, MaxManifestSize): a registry that has something under that name. */
const tooLarge = /\brejecting \d+ byte manifest\b/u;

/** ctr logs each host that it tries, and says last why there was nothing. */
function problemOf(exitCode: number, stderr: Uint8Array): string {
  if (exitCode === 127 || exitCode === 126) return 'it has no ctr that can be started';
  if (exitCode === 125) return 'it has no script (util-linux), by which ctr is given a password';
  const said = Buffer.from(stderr)
    .toString('utf8')
    .replace(/nodemend-exit \d+\n$/u, '');
  const lines = said.trimEnd().split('\n');
  if (exitCode === 78) return `others than root have a say in what its ctr is (${lines.at(-1)})`;
  const error = lines.findLast((line) => line.startsWith('ctr: ')) ?? lines.at(-1) ?? '';
  return error.replace(/^ctr: /u, '') || 'no answer';
}
