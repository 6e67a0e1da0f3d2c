import type { NodeEvidence, Section, Observed } from './evidence.ts';

type Sections = NodeEvidence['sections'];

/** How 0.1 called what is a fact by now: `<problem>/<section>`. What is not in it has kept its name. */
const renamed: Readonly<Record<string, string>> = {
  'container-logs/rotation-files': 'logrotate/files',
  'container-logs/logrotate-version': 'logrotate/version',
  'container-logs/runtime': 'runtimes/running',
  'container-logs/disk': 'disk/room',
  'container-logs/disk-use': 'disk/use',
  'container-logs/docker-daemon': 'docker/daemon',
  'container-logs/kubelet': 'kubelet/configuration',
  'image-pull/containerd-registries': 'containerd/registries',
  // Behind the other problem's, which says more: that dockerd keeps containers, too, where it does not run.
  'image-pull/docker-daemon': 'docker/daemon',
  'image-pull/docker-unit': 'systemd/units',
};

/** The sections of a node of a bundle, by the facts' own names; those of this release are as they were. */
export function byFact(sections: Sections): Sections {
  if (!Object.keys(sections).some((key) => key in renamed)) return sections;
  const facts = new Map<string, Observed<Section>>();
  for (const [key, section] of Object.entries(sections)) {
    const fact = renamed[key] ?? key;
    const isOther = key === 'image-pull/docker-daemon' && 'container-logs/docker-daemon' in sections;
    if (!isOther && fact !== 'systemd/units') facts.set(fact, section);
  }
  const units = unitsOf(sections);
  if (units !== undefined) facts.set('systemd/units', units);
  return Object.fromEntries(facts);
}

/** Three sections told what is one fact by now; the first that was not seen stands for it. */
function unitsOf(sections: Sections): Observed<Section> | undefined {
  const told = [
    ['image-pull/docker-unit', dockerUnit],
    ['container-logs/scheduler', (text: string) => (isDockerService(sections) ? scheduledUnits(text) : [])],
    ['container-logs/kubelet', kubeletUnit],
  ] as const;
  const asked = told.filter(([key]) => key in sections);
  if (asked.length === 0) return undefined;
  const unseen = asked.map(([key]) => sections[key]).find((section) => section?.state !== 'seen');
  if (unseen !== undefined) return unseen;
  const lines = new Set(asked.flatMap(([key, read]) => read(textOf(sections[key]))));
  const output = [...lines].map((line) => `${line}\n`).join('');
  return { state: 'seen', value: { exitCode: 0, encoding: 'utf8', output, errors: '', truncated: false } };
}

function textOf(section: Observed<Section> | undefined): string {
  if (section?.state !== 'seen' || section.value.exitCode !== 0 || section.value.truncated) return '';
  return Buffer.from(section.value.output, section.value.encoding).toString('latin1');
}

/** The running dockerd said so itself. */
function isDockerService(sections: Sections): boolean {
  return (
    valueOf(textOf(sections['container-logs/docker-daemon']).split('\n\n')[0] ?? '', 'service') === 'docker.service'
  );
}

function dockerUnit(text: string): readonly string[] {
  return unitLines('dockerd', valueOf(text, 'service'), valueOf(text, 'fragment'));
}

/** systemd was asked about docker.service beside the timers. */
function scheduledUnits(text: string): readonly string[] {
  const [block] = text.split('unit next=\n').filter((one) => one.includes('unit Id=docker.service\n'));
  return unitLines('dockerd', 'docker.service', valueOf(block ?? '', 'unit FragmentPath', '='));
}

function kubeletUnit(text: string): readonly string[] {
  // Behind its first file, a line may be one of the file's.
  const head = text.split(/^text /m)[0] ?? '';
  const unit = valueOf(head, 'service');
  const lines = unitLines('kubelet', unit, valueOf(head, 'fragment'));
  return lines.length > 0 && /^user-args$/m.test(head) ? [...lines, `user-args ${unit}`] : lines;
}

function unitLines(daemon: string, unit: string | undefined, fragment: string | undefined): readonly string[] {
  if (unit === undefined || fragment === undefined || !unit.endsWith('.service')) return [];
  return [`unit ${daemon} ${unit}`, `fragment ${unit} ${fragment}`];
}

function valueOf(text: string, word: string, between = ' '): string | undefined {
  return text
    .split('\n')
    .find((line) => line.startsWith(`${word}${between}`) && line.length > word.length + 1)
    ?.slice(word.length + 1);
}
