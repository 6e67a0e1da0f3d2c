import type { FileVersion, Reference, SourceFile } from '../../kit/synchronise.ts';

/** What the nodes that should have the file are held against. Only those of them that were seen count. */
export function referenceOf(versions: readonly (FileVersion | 'absent')[], source: SourceFile | undefined): Reference {
  if (source !== undefined) return { kind: 'source', source };
  const of = versions.length;
  if (of < 2) return { kind: 'none', of };
  // The most frequent first; of equally frequent ones the one that was seen first, so that the same nodes always read
  // the same.
  const byFrequency = [...Map.groupBy(versions, keyOf).values()].toSorted((a, b) => b.length - a.length);
  const [most = [], next = []] = byFrequency;
  const first = most[0] ?? 'absent';
  const count = most.length;
  if (count * 2 > of) return { kind: 'majority', version: first, count, of };
  return { kind: next.length === count ? 'tie' : 'split', first, count, of, versions: byFrequency.length };
}

function keyOf(version: FileVersion | 'absent'): string {
  return version === 'absent' ? 'absent' : version.sha256;
}
