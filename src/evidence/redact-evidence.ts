import type { Evidence, NodeEvidence, Section, Observed } from './evidence.ts';
import { redactBytes, redactText } from './redact.ts';

/**
 * Evidence with its sections and reasons masked. Collection has done so already; this is for evidence that came another
 * way (a fixture, a document put together by hand) before it is written down.
 */
export function redactEvidence(evidence: Evidence): Evidence {
  return { ...evidence, nodes: evidence.nodes.map(redactNode) };
}

export function redactNode(node: NodeEvidence): NodeEvidence {
  return {
    ...node,
    api: redactObserved(node.api, (value) => value),
    access: redactObserved(node.access, (value) => value),
    sections: Object.fromEntries(
      Object.entries(node.sections).map(([key, section]) => [key, redactObserved(section, redactSection)]),
    ),
  };
}

function redactObserved<T>(seen: Observed<T>, redactValue: (value: T) => T): Observed<T> {
  if (seen.state === 'seen') return { ...seen, value: redactValue(seen.value) };
  return seen.state === 'unknown' ? { ...seen, detail: redactText(seen.detail) } : seen;
}

function redactSection(section: Section): Section {
  const { encoding, output, errors } = section;
  const masked =
    encoding === 'utf8'
      ? redactText(output)
      : Buffer.from(redactBytes(Buffer.from(output, 'base64'))).toString('base64');
  return { ...section, output: masked, errors: redactText(errors) };
}
