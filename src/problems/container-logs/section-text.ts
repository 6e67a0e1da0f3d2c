import type { NodeEvidence } from '../../evidence/evidence.ts';
import type { ProbedText } from '../../runtimes/probed-text.ts';

/** What one section of the probe printed. */
export type SectionText = ProbedText;

/** Whether the probe was asked for this section: an older one does not know it. */
export function wasAskedFor(node: NodeEvidence, name: string): boolean {
  return `container-logs/${name}` in node.sections;
}
