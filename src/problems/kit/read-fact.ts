import type { NodeEvidence, Section, Observed } from '../../evidence/evidence.ts';
import type { Fact } from '../../evidence/fact.ts';
import { doubtfulSection } from '../../runtimes/doubt.ts';

/**
 * What the probe printed, read. What kept it away when it is not there; `truncated` when its end is missing;
 * `probe-failed` when the section says itself that it did not get through; `unproven` when it says that something is not
 * shown to be the node's own; `malformed` when it is not of the probe's form. No parser sees half a section, but one
 * that knows how (`readsBeginning`): half a list looks like a shorter one.
 */
export function readFact<Value>(node: NodeEvidence, { key, parse, readsBeginning }: Fact<Value>): Observed<Value> {
  const section = arrived(node, key);
  if (section.state !== 'seen') return section;
  const { exitCode, encoding, output, truncated } = section.value;
  if (truncated && readsBeginning === undefined)
    return { state: 'unknown', reason: 'truncated', detail: `section ${key} went over its cap` };
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

/** Whether the probe was asked for it: an older one does not know every fact. */
export function wasAskedFor(node: NodeEvidence, { key }: Fact): boolean {
  return key in node.sections;
}

function arrived(node: NodeEvidence, key: string): Observed<Section> {
  const section = node.sections[key];
  if (section !== undefined) return section;
  if (node.access.state !== 'seen') return node.access;
  return { state: 'unknown', reason: 'probe-failed', detail: `the node sent no section ${key}` };
}
