import { NodemendError } from '../../errors/nodemend-error.ts';
import { oneLine } from '../../network/one-line.ts';
import {
  followed,
  type RegistryAnswer,
  type RegistryRequest,
  type RegistrySender,
} from '../../registry/client/registry-connection.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import { parseShownAnswer } from './http-answer.ts';
import script from './http-by-node.sh?raw';

const seconds = 10;

export interface HttpByNodeOptions {
  /** Headers may be a login: by curl alone, because what wget is given is an argument, which every user of the node sees. */
  readonly isSecret?: boolean;
  /** Trusts what the node's docker trusts for a host (`/etc/docker/certs.d`). */
  readonly asDocker?: boolean;
}

/**
 * Sends requests from a node, by the curl or wget that it has: what a registry counts by address is then the node's. A
 * node's own proxy settings hold.
 */
export function httpByNode(connection: NodeConnection, options: HttpByNodeOptions = {}): RegistrySender {
  return {
    send: (request) => followed(request, (one) => send(connection, one, options)),
    close: () => Promise.resolve(),
  };
}

/** @throws NodemendError NODE_WITHOUT_HTTP, REGISTRY_UNREACHABLE, and those of the transport */
async function send(
  connection: NodeConnection,
  { method, url, headers, signal }: RegistryRequest,
  { isSecret = false, asDocker = false }: HttpByNodeOptions,
): Promise<RegistryAnswer> {
  const authority = asDocker && url.protocol === 'https:' ? `/etc/docker/certs.d/${url.host}/ca.crt` : '';
  const lines = Object.entries(headers).map(([name, value]) => `header = "${name}: ${printableValue(value, url)}"\n`);
  const result = await connection.exec({
    script,
    args: [method, url.href, String(seconds), isSecret ? 'curl' : 'any', authority],
    input: Buffer.from(lines.join('')),
    privilege: 'none',
    timeoutMs: (seconds + 5) * 1000,
    maxOutputBytes: 512 * 1024,
    signal,
  });
  if (result.exitCode === 127) throw new NodemendError('NODE_WITHOUT_HTTP', { node: connection.node });
  const answer = parseShownAnswer(
    Buffer.from(result.stdout)
      .toString('utf8')
      .replace(/^(?:curl|wget)\n/u, ''),
  );
  if (answer) return answer;
  const said = oneLine(Buffer.from(result.stderr).toString('utf8')) || 'no answer';
  throw new NodemendError('REGISTRY_UNREACHABLE', {
    host: url.host,
    seconds,
    problem: `${connection.node}: ${said}`,
    context: '',
  });
}

/** A quote or a backslash would be read by curl's configuration; no token that a registry gives has one. */
function printableValue(value: string, url: URL): string {
  if (/^[\x20-\x7e]*$/u.test(value) && !/["\\]/u.test(value)) return value;
  throw new NodemendError('REGISTRY_ANSWER_INVALID', {
    host: url.host,
    problem: 'its token has characters that none has',
  });
}
