import type { NodeEvidence, Seen } from '../../../evidence/evidence.ts';
import type { ProbedText } from '../../../runtimes/probed-text.ts';

/**
 * What the probe printed, read; what kept it away when it is not there, `malformed` when it is not of the probe's form.
 */
export function probedSection<Value>(
  node: NodeEvidence,
  key: string,
  parse: (section: ProbedText) => Value | undefined,
): Seen<Value> {
  const section = node.sections[key];
  if (section === undefined)
    return node.access.state === 'seen'
      ? { state: 'unknown', reason: 'probe-failed', detail: `the node sent no section ${key}` }
      : node.access;
  if (section.state !== 'seen') return section;
  const { encoding, output, truncated } = section.value;
  const value = parse({ text: Buffer.from(output, encoding).toString('latin1'), truncated });
  if (value !== undefined) return { state: 'seen', value };
  return truncated
    ? { state: 'unknown', reason: 'truncated', detail: `section ${key} went over its cap` }
    : { state: 'unknown', reason: 'malformed', detail: `section ${key} is not what the probe prints` };
}
