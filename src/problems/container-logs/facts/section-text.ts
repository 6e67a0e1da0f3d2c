import type { NodeEvidence, Section, Seen } from '../../../evidence/evidence.ts';
import type { ProbedText } from '../../../runtimes/probed-text.ts';

/** What one section of the probe printed. */
export type SectionText = ProbedText;

/** The section of this problem on a node; what kept it away when it is not there. */
function sectionText(node: NodeEvidence, name: string): Seen<SectionText> {
  const section = node.sections[`container-logs/${name}`];
  if (section !== undefined) return mapSeen(section, decode);
  if (node.access.state !== 'seen') return node.access;
  return { state: 'unknown', reason: 'probe-failed', detail: `the node sent no section ${name}` };
}

/** Whether the probe was asked for this section: an older one does not know it. */
export function wasAskedFor(node: NodeEvidence, name: string): boolean {
  return `container-logs/${name}` in node.sections;
}

function mapSeen<From, To>(seen: Seen<From>, map: (value: From) => To): Seen<To> {
  return seen.state === 'seen' ? { state: 'seen', value: map(seen.value) } : seen;
}

/** The parsed value, or `malformed` when the section is not what the probe prints. */
export function parsedSection<Value>(
  node: NodeEvidence,
  name: string,
  parse: (section: SectionText) => Value | undefined,
): Seen<Value> {
  const section = sectionText(node, name);
  if (section.state !== 'seen') return section;
  const value = parse(section.value);
  if (value !== undefined) return { state: 'seen', value };
  return section.value.truncated
    ? { state: 'unknown', reason: 'truncated', detail: `section ${name} went over its cap` }
    : { state: 'unknown', reason: 'malformed', detail: `section ${name} is not what the probe prints` };
}

function decode({ encoding, output, truncated }: Section): SectionText {
  return { text: Buffer.from(output, encoding).toString('latin1'), truncated };
}
