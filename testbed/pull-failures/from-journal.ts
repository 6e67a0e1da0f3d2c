import { onNode } from '../on-node.ts';
import type { PlannedNode } from '../testbed-plan.ts';
import { podName, scenariosOf } from './scenario-pods.ts';
import type { Scenario } from './scenarios.ts';
import { trueLabel, type Said } from './said.ts';
import type { FailureFixture } from './fixture.ts';

const readJournal =
  'journalctl --quiet --output=json --output-fields=MESSAGE,_SYSTEMD_UNIT --unit=kubelet --unit=containerd --unit=docker';

/**
 * What the services of the nodes wrote about scenarios: lines that tell of a failure, and belong to one scenario alone.
 */
export async function readJournals(
  { testbed }: FailureFixture,
  scenarios: readonly Scenario[],
): Promise<readonly Said[]> {
  const all = await Promise.all(
    testbed.plan.nodes.map(async (node) => {
      const { stdout } = await onNode(testbed, node.name, readJournal);
      const own = scenariosOf(scenarios, node.runtime).map((scenario) => ({
        scenario,
        marks: marksOf(scenario, node),
      }));
      return stdout.split('\n').flatMap((line) => saidIn(line, node, own));
    }),
  );
  return all.flat();
}

interface Marked {
  readonly scenario: Scenario;
  readonly marks: readonly RegExp[];
}

function saidIn(line: string, node: PlannedNode, scenarios: readonly Marked[]): readonly Said[] {
  const { MESSAGE: message, _SYSTEMD_UNIT: unit } =
    line === '' ? {} : (JSON.parse(line) as Readonly<Record<string, unknown>>);
  if (typeof message !== 'string' || typeof unit !== 'string' || !tellsOfFailure(message)) return [];
  const [about, ...others] = scenarios.filter(({ marks }) => marks.some((mark) => mark.test(message)));
  if (about === undefined || others.length > 0) return [];
  return [
    {
      node,
      scenario: about.scenario.name,
      label: trueLabel(about.scenario, node, message),
      component: unit.replace('.service', ''),
      reason: '',
      message,
    },
  ];
}

/**
 * klog's severities (`E1126 23:00:00.000000`), logrus's levels; containerd tells of what it tries next at `info`, with
 * the error.
 */
function tellsOfFailure(message: string): boolean {
  return (
    /^[WE]\d{4} /.test(message) ||
    /level=(?:warning|error|fatal)/.test(message) ||
    /level=info .*(?:error=|failed|Attempting next|Not continuing)/.test(message)
  );
}

/**
 * The pod's name, and each image in the ways that a runtime writes it: its reference, and the address it is asked at.
 */
function marksOf(scenario: Scenario, node: PlannedNode): readonly RegExp[] {
  const pod = new RegExp(`\\b${RegExp.escape(podName(scenario, node.name))}\\b`);
  const images = scenario.images
    .filter((image) => !image.startsWith('docker.io/library/box'))
    .flatMap((image) => [image, ...asked(image)]);
  return [pod, ...images.map((text) => new RegExp(`(?<![\\w./-])${RegExp.escape(text)}(?![\\w-])`))];
}

/** `mirror.test/box:gone` is asked at `https://mirror.test/v2/box/manifests/gone`. */
function asked(image: string): readonly string[] {
  const [, host, repository, reference] = /^([^/]*[.:][^/]*)\/(.+?)[:@]([\w.:-]+)$/.exec(image) ?? [];
  return host === undefined
    ? []
    : [
        `https://${host}/v2/${repository}/manifests/${reference}`,
        `http://${host}/v2/${repository}/manifests/${reference}`,
      ];
}
