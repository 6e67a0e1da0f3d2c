import type { ReferenceQuestion } from '../../problems/problem.ts';
import type { RetiredNames, Successor } from '../../registry/successor.ts';
import type { Ports } from '../ports.ts';
import { verifySuccessors } from '../rewrite/verify-successors.ts';

/** What the registries say, asked from this machine, of references that problems want to have verified. */
export async function verifiedReferences(
  questions: readonly ReferenceQuestion[],
  names: RetiredNames,
  ports: Ports,
): Promise<ReadonlyMap<string, Successor>> {
  if (questions.length === 0) return new Map();
  const published = new Map(
    questions.flatMap((one) => (one.published === undefined ? [] : [[one.written, one.published]])),
  );
  const successorOf: RetiredNames['successorOf'] = (written, layout) => {
    const reference = published.get(written);
    return reference === undefined ? names.successorOf(written, layout) : { action: 'change', reference };
  };
  const references = new Set(questions.map(({ written }) => written));
  const asked = { names: { ...names, successorOf }, layout: 'owner/repo/image' } as const;
  const { verified } = await verifySuccessors(references, asked, ports);
  return new Map([...verified].flatMap(([written, successor]) => (successor ? [[written, successor] as const] : [])));
}
