import { collectNodes } from '../../src/evidence/collect-nodes.ts';
import { problems } from '../../src/problems/testing/all-problems.ts';
import { openTransport } from '../../src/transport/open-transport.ts';
import { defaultTransportSettings } from '../../src/transport/settings.ts';
import type { NodeTarget } from '../../src/transport/transport.ts';
import { budgetSeconds } from './budget.ts';
import type { FanOutJob } from './contender.ts';
// Loaded before the clock starts, as the library is for the bare contender: `bench/start-up.ts` measures loading.
import '../../src/transport/ssh/ssh-transport.ts';

/**
 * What `nodemend diagnose --via ssh` does with its nodes, with all that it adds: known_hosts, markers, the way to root,
 * time limits, capped and redacted output in frames.
 */
export async function visitByNodemend(job: FanOutJob): Promise<void> {
  const settings = { ...defaultTransportSettings({}), knownHostsFiles: [job.knownHostsFile], connectTimeoutMs: 60_000 };
  const transport = openTransport('ssh', settings);
  const targets = job.addresses.map((address): NodeTarget => {
    return { name: address, address, port: job.port, user: job.user, identityFiles: [job.identityFile] };
  });
  try {
    const seen = await collectNodes({
      transport,
      targets,
      facts: problems.flatMap(({ facts }) => facts).filter(({ key }) => !job.without?.includes(key)),
      budgetSeconds,
      signal: new AbortController().signal,
    });
    for (const [name, { access, sections }] of seen) {
      const unseen = [access, ...Object.values(sections)].find(({ state }) => state !== 'seen');
      if (unseen !== undefined) throw new Error(`${name}: ${JSON.stringify(unseen)}`);
    }
  } finally {
    await transport.close();
  }
}
