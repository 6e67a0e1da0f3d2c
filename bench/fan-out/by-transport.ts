import { fanOut, fanOutLimits } from '../../src/transport/fan-out.ts';
import { openTransport } from '../../src/transport/open-transport.ts';
import { defaultTransportSettings } from '../../src/transport/settings.ts';
import type { NodeTarget } from '../../src/transport/transport.ts';
import type { FanOutJob } from './contender.ts';
// Loaded before the clock starts, as the library is for the bare contender: `bench/start-up.ts` measures loading.
import '../../src/transport/ssh/ssh-transport.ts';
import '../../src/transport/system-ssh/system-ssh-transport.ts';

/** nodemend doing the same, with all that it adds: known_hosts, markers, the way to root, limits on the node, capped output. */
export async function visitByTransport(job: FanOutJob, script: string): Promise<void> {
  const kind = job.contender === 'bare' ? 'ssh' : job.contender;
  const settings = { ...defaultTransportSettings({}), knownHostsFiles: [job.knownHostsFile], connectTimeoutMs: 60_000, sshProgram: job.sshProgram };
  const transport = openTransport(kind, settings);
  const targets = job.addresses.map((address): NodeTarget => {
    return { name: address, address, port: job.port, user: job.user, identityFiles: [job.identityFile] };
  });
  const request = { script, args: [], privilege: 'root', timeoutMs: 60_000, maxOutputBytes: 256 * 1024 } as const;
  const options = { limits: fanOutLimits(kind), signal: new AbortController().signal };
  const results = await fanOut(transport, targets, (connection) => connection.exec(request), options);
  for (const { target, outcome } of results) {
    if (outcome.state !== 'done' || outcome.value.exitCode !== 0) throw new Error(`${target.name}: ${JSON.stringify(outcome)}`);
  }
  await transport.close();
}
