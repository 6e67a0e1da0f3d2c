import type { RetiredNames, Successor } from '../../registry/successor.ts';
import type { Ports } from '../ports.ts';
import { verifySuccessors } from '../rewrite/verify-successors.ts';

/** What the registries say, asked from this machine, of references that problems want to have verified. */
export async function verifiedReferences(
  references: readonly string[],
  names: RetiredNames,
  ports: Ports,
): Promise<ReadonlyMap<string, Successor>> {
  if (references.length === 0) return new Map();
  const { verified } = await verifySuccessors(new Set(references), { names, layout: 'owner/repo/image' }, ports);
  return new Map([...verified].flatMap(([written, successor]) => (successor ? [[written, successor] as const] : [])));
}
