import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Real inputs of a target, as their writers make them: `seeds/<target>.txt`, parted by a line `---8<---`. */
export function seedsOf(target: string): readonly Buffer[] {
  const text = readFileSync(join(import.meta.dirname, 'seeds', `${target}.txt`), 'utf8');
  return text.split('---8<---\n').map((seed) => Buffer.from(seed));
}
