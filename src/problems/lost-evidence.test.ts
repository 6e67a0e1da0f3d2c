import { describe, expect, test } from 'vitest';
import { readingExit } from '../engine/diagnose.ts';
import type { Evidence, Section, Observed, UnknownReason } from '../evidence/evidence.ts';
import { parseFrames } from '../evidence/probe/frames.ts';
import { observeSection } from '../evidence/probe/observed-section.ts';
import { problems } from './testing/all-problems.ts';
import type { Finding, Problem } from './problem.ts';
import { fixturesOf, notNeededOf, type Fixture, type NotNeeded } from './testing/problem-fixtures.ts';

/**
 * What is lost is never read as "all is well": of every fixture each section in turn does not arrive, is cut, runs out
 * of time, or is refused, and so is each list of the API server. Whatever was said before, the exit code is not 0 then,
 * and nothing is said to be well that was not said to be so with all that there was to see.
 */
const reasons: readonly UnknownReason[] = ['probe-failed', 'timed-out', 'needs-root'];
const marker = 'a'.repeat(32);

/**
 * Sections without which a node may still be said to be well, each with why. A problem's own may stand in its folder
 * (`testing/not-needed.ts`).
 */
const shared: NotNeeded = {
  // Names what takes up the room of a disk that the sections `disk` and `growth` show to be full.
  'disk/use': () => true,
  // Says whose process dockerd is, so that `plan` can name the unit to restart; `diagnose` does not read it.
  'systemd/units': () => true,
  // What they say is about docker's own logs. That there is no docker, the section `runtime` says.
  'container-logs/scheduler': isWithoutDocker,
  'docker/daemon': isWithoutDocker,
  // They are counted for a number of ids that few cgroups do not explain; there are few ids, or the kernel leaks none.
  'kernel/cgroup-folders': (findings) => findings.some(({ rule }) => rule === 'cannot-happen' || rule === 'no-sign'),
  // What the next boot gives a kernel that leaks none in any case.
  'grub/boot-state': (findings) => findings.some(({ rule }) => rule === 'cannot-happen' || rule === 'node-fine'),
  // The version to come takes either version of cgroup.
  'kernel/memory-cgroups': (findings) => findings.some(({ text }) => text.key.startsWith('findings.node-fine.not-')),
  // A kernel that leaks none says nothing of it.
  'kernel/log': (findings) => findings.some(({ rule }) => rule === 'cannot-happen'),
  // How a node could hold images, for `plan`; `diagnose` does not read it.
  'images/holding-program': () => true,
  // What the other runtime keeps, and which of the two it is where the Node object says so.
  'docker/images': isWithRuntime('containerd'),
  'containerd/images': isWithRuntime('docker'),
  'containerd/registries': isWithRuntime('docker'),
  'runtimes/running': isWithRuntime('containerd'),
  // When images are removed, where all that are needed are kept.
  'disk/room': (findings) => areAllKept(findings) || findings.some(({ rule }) => rule === 'no-kubelet'),
  'kubelet/configuration': (findings) => areAllKept(findings) && !isWithRuntime('docker')(findings),
};

function isWithRuntime(runtime: string): (findings: readonly Finding[]) => boolean {
  return (findings) =>
    findings.some(
      (one) => one.rule === 'no-kubelet' || (one.rule === 'images-fine' && factsOf(one)['runtime'] === runtime),
    );
}

function areAllKept(findings: readonly Finding[]): boolean {
  return findings.some(({ rule, text }) => rule === 'images-fine' && text.key.endsWith('.kept'));
}

function factsOf(finding: Finding): Readonly<Record<string, unknown>> {
  return 'facts' in finding ? (finding.facts ?? {}) : {};
}

function isWithoutDocker(findings: readonly Finding[]): boolean {
  return findings.some(({ rule }) => ['kubelet-rotates', 'rule-without-effect', 'rule-fights-kubelet'].includes(rule));
}

const own = new Map(
  await Promise.all(problems.map(async ({ meta }) => [meta.id, await notNeededOf(meta.id)] as const)),
);

describe.each(problems.map((problem) => ({ id: problem.meta.id, problem })))('$id', ({ id, problem }) => {
  const fixtures = fixturesOf(id);
  const notNeeded = { ...shared, ...own.get(id) };
  const sections = fixtures.flatMap((fixture) => sectionsOf(fixture, problem, notNeeded));

  test('each section lost, out of time, refused', () => {
    const wrong = sections.flatMap((one) =>
      reasons.flatMap((reason) => one.wrongWith(reason, { state: 'unknown', reason, detail: 'lost on purpose' })),
    );

    expect(sections.length > 20).toBe(problem.facts.length > 0);
    expect(wrong).toEqual([]);
  });

  test('each section cut by its cap, and each ended by an error after what it had printed', () => {
    const wrong = sections.flatMap((one) =>
      cutsOf(one.bytes).flatMap((at) => [
        ...one.wrongWith(`cut at ${at}`, { state: 'seen', value: { ...one.cut(at), truncated: true } }),
        ...one.wrongWith(`failed at ${at}`, { state: 'seen', value: { ...one.cut(at), exitCode: 1 } }),
      ]),
    );

    expect(wrong).toEqual([]);
  }, 60_000);

  test('the connection cut at each byte of a frame leaves the section out, or brings it whole', () => {
    for (const one of sections.slice(0, 12)) {
      const frame = frameOf(one);
      const arrived = Array.from({ length: frame.length + 1 }, (_, at) => observedOf(one, frame.subarray(0, at)));

      expect(new Set(arrived.slice(0, -1))).toEqual(new Set(['lost']));
      expect(arrived.at(-1)).toBe('whole');
    }
  });

  test('each list of the API server lost, and each node that could not be asked', () => {
    const wrong = fixtures.flatMap((fixture) => {
      const before = problem.diagnose(fixture.evidence);
      return lostLists(fixture.evidence, before).flatMap(({ what, evidence }) =>
        verdict(before, problem.diagnose(evidence)).map((said) => `${fixture.name} without ${what}: ${said}`),
      );
    });

    expect(wrong).toEqual([]);
  });
});

interface OneSection {
  readonly key: string;
  readonly bytes: Buffer;
  readonly cut: (at: number) => Section;
  /** What is wrong with the diagnosis when this stands in the section's place. */
  readonly wrongWith: (how: string, section: Observed<Section>) => readonly string[];
}

function sectionsOf({ name, evidence }: Fixture, problem: Problem, notNeeded: NotNeeded): readonly OneSection[] {
  const before = problem.diagnose(evidence);
  return evidence.nodes.flatMap((node) =>
    Object.entries(node.sections).flatMap(([key, section]): readonly OneSection[] => {
      if (section.state !== 'seen') return [];
      const bytes = Buffer.from(section.value.output, section.value.encoding);
      const isNeeded = notNeeded[key]?.(before) !== true;
      return [
        {
          key,
          bytes,
          cut: (at) => ({ ...section.value, encoding: 'base64', output: bytes.subarray(0, at).toString('base64') }),
          wrongWith: (how, lost) => {
            const nodes = evidence.nodes.map((other) =>
              other === node ? { ...node, sections: { ...node.sections, [key]: lost } } : other,
            );
            const after = problem.diagnose({ ...evidence, nodes });
            return verdict(before, after, isNeeded).map((said) => `${name}: ${key} ${how}: ${said}`);
          },
        },
      ];
    }),
  );
}

/** What is wrong with what is said after something was lost. */
function verdict(before: readonly Finding[], after: readonly Finding[], isNeeded = true): readonly string[] {
  const key = ({ rule, subject }: Finding): string => JSON.stringify([rule, subject]);
  const passed = new Set(before.filter(({ status }) => status === 'pass').map(key));
  const news = after.filter((finding) => finding.status === 'pass' && !passed.has(key(finding)));
  return [
    ...(isNeeded && readingExit({ findings: after, muted: [] }, 'low') === 0
      ? [`exit 0 with ${after.map(({ rule }) => rule).join(', ')}`]
      : []),
    ...news.map(({ rule }) => `${rule} passes now`),
  ];
}

/** Nothing, half a line, a line end in the middle, and all but the last byte: every place would take minutes. */
function cutsOf(bytes: Buffer): readonly number[] {
  const middle = Math.floor(bytes.length / 2);
  return [...new Set([0, middle, bytes.indexOf('\n', middle) + 1, bytes.length - 1])].filter(
    (at) => at >= 0 && at < bytes.length,
  );
}

function frameOf({ key, bytes }: OneSection): Buffer {
  const head = `nodemend:${marker} section ${key} 0 ${bytes.length} 0 ended\nnodemend:${marker} bodies\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

function observedOf({ key, bytes }: OneSection, frame: Buffer): 'lost' | 'whole' | 'part' {
  const arrived = parseFrames(marker, frame).sections.get(key);
  if (arrived === undefined) return 'lost';
  const seen = observeSection('worker-1', arrived);
  return seen.state === 'seen' && arrived.output.length === bytes.length ? 'whole' : 'part';
}

interface LostList {
  readonly what: string;
  readonly evidence: Evidence;
}

/** The evidence once without each thing that came from the API server, wherever it stands. */
function lostLists(evidence: Evidence, before: readonly Finding[]): readonly LostList[] {
  const unknown = { state: 'unknown', reason: 'timed-out', detail: 'lost on purpose' } as const;
  return observedPaths(evidence)
    .filter((path) => !path.includes('sections') && !isUnread(path, evidence) && !isUnneeded(path, before))
    .map((path) => ({ what: path.join('.'), evidence: replaced(evidence, path, unknown) }));
}

/** What no verdict is made from. */
function isUnread(path: Path, { nodes }: Evidence): boolean {
  const [first, at, what] = path;
  // A plan is bound to the UID; `plan` refuses without. The server's release is for people.
  if (first === 'cluster') return what === 'uid' || what === 'version';
  // Where no node was probed, only pods were asked about.
  const node = nodes[Number(at)];
  return node !== undefined && what === 'api' && Object.keys(node.sections).length === 0;
}

/** Lists without which the same may still be said, by a rule that is heard with them; each with why. */
const notNeededLists: Readonly<Record<string, (path: Path, said: Finding) => boolean>> = {
  // They say why pods wait that could, and whose they are.
  'mounts-fine': (path, said) =>
    path.includes('workloads') ||
    ((path.includes('volumes') || path.includes('events')) && factsOf(said)['candidates'] === 0),
  // By the server's release, or by the driver, it cannot happen.
  'before-csi': () => true,
  'no-cinder': (path) => !['volumes', 'drivers'].includes(String(path.at(-1))),
  // By the server's release, or by whose cluster it is, it cannot happen.
  'not-affected': (path) => path[0] === 'cluster',
  // They say who waits for an image whose name is wrong.
  'names-fine': (path) => path.includes('pods') || path.includes('events'),
  // What restarts the driver is the plan's; a volume of its own shows that it is there.
  'rescan-on': isOfDriver,
  'config-not-looked-at': isOfDriver,
  // Where there is no Calico, or none with eBPF, nothing more is asked; of workloads its fixtures list DaemonSets first.
  'no-calico': (path) => !isOfDaemonSets(path),
  'no-ebpf': (path, said) =>
    !isOfDaemonSets(path) &&
    (said.text.key.endsWith('.variable') || !['felix', 'endpoint'].includes(String(path.at(-1)))),
  // Of a sound release, or with settings that are known, it does not matter how Calico is told.
  'udp-fine': (path) => path.includes('calico'),
  // With another datastore no release has it.
  'node-names-fine': (path, said) =>
    said.text.key.endsWith('.datastore') && path.includes('workloads') && !isOfDaemonSets(path),
};

function isOfDaemonSets(path: Path): boolean {
  return path.includes('workloads') && path.at(-2) === 0;
}

function isOfDriver(path: Path): boolean {
  return path.includes('workloads') || path.includes('attachments') || path.includes('drivers');
}

function isUnneeded(path: Path, findings: readonly Finding[]): boolean {
  return findings.some((finding) => notNeededLists[finding.rule]?.(path, finding) === true);
}

type Path = readonly (string | number)[];

/** Where a value stands that was seen, and could have been unknown. */
function observedPaths(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'state' in value && value.state === 'seen' && 'value' in value ? [at] : [];
  return [
    ...own,
    ...Object.entries(value).flatMap(([key, inner]) =>
      observedPaths(inner, [...at, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function replaced<Value>(value: Value, [head, ...rest]: Path, by: unknown): Value {
  if (head === undefined) return by as Value;
  if (Array.isArray(value)) return value.map((one, at) => (at === head ? replaced(one, rest, by) : one)) as Value;
  const record = value as Record<string, unknown>;
  return { ...record, [head]: replaced(record[head], rest, by) } as Value;
}
