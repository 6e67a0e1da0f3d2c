/**
 * Records what real kubelets and runtimes say of pulls and starts that fail into
 * `src/messages/fixtures/recorded.jsonl`: `npm run record-messages`. Run it after a change of the scenarios, or for
 * another version of a kubelet or a runtime; three minutes, as root. Look at the numbers of the held-out part alone
 * (`src/messages/corpus.test.ts`).
 */
import { writeFileSync } from 'node:fs';
import { partOf, recordedFile, type RecordedMessage } from '../../src/messages/testing/recorded.ts';
import { testbedDown } from '../testbed-down.ts';
import type { PlannedNode } from '../testbed-plan.ts';
import { testbedStatus } from '../testbed-status.ts';
import { testbedUp } from '../testbed-up.ts';
import { runScenarios } from './run-scenarios.ts';
import type { Said } from './said.ts';
import { scenariosOf } from './scenario-pods.ts';
import { allScenarios } from './scenarios.ts';
import { failureDiskBytes, openFailureFixture, type FailureFixture } from './fixture.ts';

const name = 'recording';
/** kubelet tries again after 10, 20 and 40 s. */
const lingerMs = 45_000;
/** Of one runtime about one scenario: what comes after is more of the same. */
const mostOfOne = 14;

interface Versions {
  readonly runtimeVersion: string;
  readonly kubeletVersion: string;
}

async function record(): Promise<readonly RecordedMessage[]> {
  const fixture = await openFailureFixture(await testbedStatus({ name }));
  try {
    const [heard, versions] = await Promise.all([
      runScenarios(fixture, { slow: true, lingerMs }),
      readVersions(fixture),
    ]);
    const silent = fixture.testbed.plan.nodes.flatMap((node) => unheard(heard.all, node));
    if (silent.length > 0) throw new Error(`nothing was said of ${silent.join(', ')}`);
    return distinct(heard.all).map(({ said, number }) => recorded(said, number, versions));
  } finally {
    await fixture.close();
  }
}

function unheard(all: readonly Said[], { name: node, runtime }: PlannedNode): readonly string[] {
  const said = new Set(all.filter((each) => each.node.name === node).map(({ scenario }) => scenario));
  return scenariosOf(allScenarios, runtime).flatMap(({ name: scenario }) =>
    said.has(scenario) ? [] : [`${scenario} on ${node}`],
  );
}

interface Numbered {
  readonly said: Said;
  readonly number: number;
}

/** Each sentence once, whatever its times, numbers and names of pods are. */
function distinct(all: readonly Said[]): readonly Numbered[] {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  return all.flatMap((said) => {
    const shape = `${said.component} ${said.reason} ${masked(said)}`;
    const source = `${said.node.runtime}/${said.scenario}`;
    const number = (counts.get(source) ?? 0) + 1;
    if (seen.has(shape) || number > mostOfOne) return [];
    seen.add(shape);
    counts.set(source, number);
    return [{ said, number }];
  });
}

function masked({ message, node }: Said): string {
  return message
    .replaceAll(node.name, 'NODE')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b[EWI]\d{4} [\d:.]+ +\d+/g, 'TIME')
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{12,64}\b/g, 'ID')
    .replaceAll(/\b\d+(?:\.\d+)?(?:ms|s|m\d+s)\b/g, 'DURATION')
    .replaceAll(/(?<=\d\.\d+\.\d+\.\d+):\d+/g, ':PORT');
}

function recorded(
  { node, scenario, message, reason, component, label }: Said,
  number: number,
  versions: ReadonlyMap<string, Versions>,
): RecordedMessage {
  const { runtimeVersion = '', kubeletVersion = '' } = versions.get(node.name) ?? {};
  const source = { runtime: node.runtime, runtimeVersion, kubeletVersion, scenario };
  return {
    id: `${node.runtime}-${scenario}-${number}`,
    message,
    reason,
    component,
    source,
    label,
    part: partOf(source),
  };
}

/** By node. */
async function readVersions({ kubectl }: FailureFixture): Promise<ReadonlyMap<string, Versions>> {
  const { items } = JSON.parse(await kubectl(['get', 'nodes', '-o', 'json'])) as {
    readonly items: readonly {
      readonly metadata: { readonly name: string };
      readonly status: {
        readonly nodeInfo: { readonly containerRuntimeVersion: string; readonly kubeletVersion: string };
      };
    }[];
  };
  return new Map(
    items.map(({ metadata, status }) => [
      metadata.name,
      { runtimeVersion: status.nodeInfo.containerRuntimeVersion, kubeletVersion: status.nodeInfo.kubeletVersion },
    ]),
  );
}

await testbedUp({
  name,
  containerd: 1,
  containerd2: 1,
  docker: 1,
  diskBytes: failureDiskBytes,
  report: (line) => console.error(line),
});
try {
  const messages = await record();
  writeFileSync(recordedFile, messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
  process.stderr.write(`${messages.length} messages recorded\n`);
} finally {
  await testbedDown({ name });
}
