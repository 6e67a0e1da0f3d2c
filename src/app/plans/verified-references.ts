import type { Successor } from '../../registry/successor.ts';
import type { Ports } from '../ports.ts';
import { verifySuccessors } from '../rewrite/verify-successors.ts';

/**
 * What the registries say, asked from this machine, of references that problems want to have verified; what kept them
 * from answering is told once each.
 */
export async function verifiedReferences(
  references: readonly string[],
  { environment, interrupt, onTrouble }: Ports,
): Promise<ReadonlyMap<string, Successor>> {
  if (references.length === 0) return new Map();
  const { verified, troubles } = await verifySuccessors(new Set(references), {
    layout: 'owner/repo/image',
    environment,
    signal: interrupt,
  });
  for (const trouble of troubles) onTrouble(trouble);
  return new Map([...verified].flatMap(([written, successor]) => (successor ? [[written, successor] as const] : [])));
}
