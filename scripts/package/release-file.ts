import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { billOfMaterials, type Part } from './bill-of-materials.ts';

/**
 * Writes beside a file of a release what it can be checked with: `….sha256`, as sha256sum reads it, and `….cdx.json`.
 */
export function describeReleaseFile(file: string, modules: readonly string[], beside: readonly Part[]): void {
  const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
  writeFileSync(`${file}.sha256`, `${sum}  ${basename(file)}\n`);
  writeFileSync(`${file}.cdx.json`, billOfMaterials(modules, beside));
}
