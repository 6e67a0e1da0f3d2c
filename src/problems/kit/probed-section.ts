import type { NodeEvidence, Section, Seen } from '../../evidence/evidence.ts';
import { doubtfulSection } from '../../runtimes/doubt.ts';
import type { ProbedText } from '../../runtimes/probed-text.ts';

/** Reads what a section printed; undefined when it is not of the probe's form. */
export type SectionParser<Value> = (section: ProbedText) => Value | undefined;

/**
 * What the probe printed, read. What kept it away when it is not there; `truncated` when its end is missing;
 * `probe-failed` when the section says itself that it did not get through; `unproven` when it says that something is not
 * shown to be the node's own; `malformed` when it is not of the probe's
 * form. No parser sees half a section: half a list looks like a shorter one.
 */
export function probedSection<Value>(node: NodeEvidence, key: string, parse: SectionParser<Value>): Seen<Value> {
  const section = arrived(node, key);
  if (section.state === 'seen' && section.value.truncated)
    return { state: 'unknown', reason: 'truncated', detail: `section ${key} went over its cap` };
  return read(section, key, parse);
}

/** The same for a parser that tells what is missing from what is not there, and is given the beginning as well. */
export function probedBeginning<Value>(node: NodeEvidence, key: string, parse: SectionParser<Value>): Seen<Value> {
  return read(arrived(node, key), key, parse);
}

function arrived(node: NodeEvidence, key: string): Seen<Section> {
  const section = node.sections[key];
  if (section !== undefined) return section;
  if (node.access.state !== 'seen') return node.access;
  return { state: 'unknown', reason: 'probe-failed', detail: `the node sent no section ${key}` };
}

function read<Value>(section: Seen<Section>, key: string, parse: SectionParser<Value>): Seen<Value> {
  if (section.state !== 'seen') return section;
  const { exitCode, encoding, output, truncated } = section.value;
  // Every section of the catalogue ends with 0 when it has read what there is.
  if (exitCode !== 0)
    return { state: 'unknown', reason: 'probe-failed', detail: `section ${key} ended with exit code ${exitCode}` };
  const text = Buffer.from(output, encoding).toString('latin1');
  const doubt = doubtfulSection(text);
  if (doubt !== undefined) return doubt;
  const value = parse({ text, truncated });
  if (value !== undefined) return { state: 'seen', value };
  return truncated
    ? { state: 'unknown', reason: 'truncated', detail: `section ${key} went over its cap` }
    : { state: 'unknown', reason: 'malformed', detail: `section ${key} is not what the probe prints` };
}
