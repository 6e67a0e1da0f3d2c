import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import ssh2 from 'ssh2';
import { fanOutLimits } from '../../src/transport/fan-out.ts';
import { Limiter } from '../../src/transport/limiter.ts';
import { budgetSeconds } from './budget.ts';
import type { FanOutJob } from './contender.ts';

/**
 * The library alone doing what a careful user of it would do: no-delay, the key parsed once, curve25519, the host key
 * compared, as many at once as nodemend; the script on the standard input of a shell, its output thrown away. Each run
 * has a marker of its own, because the nodes share one file system here, and a probe that finds its scratch folder
 * taken does nothing.
 */
export async function visitBare(job: FanOutJob, script: string): Promise<void> {
  const key = ssh2.utils.parseKey(readFileSync(job.identityFile));
  if (key instanceof Error) throw key;
  const hostKey = Buffer.from(readFileSync(job.knownHostsFile, 'utf8').split(' ')[2] ?? '', 'base64');
  const limits = fanOutLimits('ssh');
  const handshakes = new Limiter(limits.handshakes);
  const nodes = new Limiter(limits.nodes);
  await Promise.all(
    job.addresses.map((host) =>
      nodes.run(async () => {
        const client = await handshakes.run(() => logIn({ ...job, host, key, hostKey }));
        await run(client, `sh -s ${randomBytes(16).toString('hex')} ${budgetSeconds}`, script);
        client.end();
        await once(client, 'close');
      }),
    ),
  );
}

interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly key: ssh2.ParsedKey;
  readonly hostKey: Buffer;
}

async function logIn({ host, port, user, key, hostKey }: Login): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  const methods = [{ type: 'publickey', username: user, key }] as unknown as ssh2.AuthMethod[];
  client.connect({
    sock: connect({ host, port, noDelay: true }),
    username: user,
    authHandler: methods,
    hostVerifier: (presented: Buffer) => presented.equals(hostKey),
    algorithms: { kex: ['curve25519-sha256'], serverHostKey: ['ssh-ed25519'] },
  });
  await once(client, 'ready');
  return client;
}

function run(client: ssh2.Client, command: string, script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let code: number | undefined;
      channel.on('exit', (exitCode: number) => (code = exitCode));
      channel.on('close', () => (code === 0 ? resolve() : reject(new Error(`exit ${code}`))));
      channel.resume();
      channel.stderr.resume();
      channel.end(script);
    });
  });
}
