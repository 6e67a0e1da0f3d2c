import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { nodesThatFit, openFileCount, openFileLimit } from './open-files.ts';

describe('open files', () => {
  it('are limited as the shell says', () => {
    // A child inherits the limit that Node raised for itself.
    const limit = execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
    expect(String(openFileLimit())).toBe(limit === 'unlimited' ? 'Infinity' : limit);
  });

  it('are counted', () => {
    expect(openFileCount()).toBeGreaterThan(2);
    expect(openFileCount()).toBeLessThan(openFileLimit());
  });

  it.each([
    ['ssh', 1024, 40, 920],
    ['system-ssh', 1024, 40, 230],
    ['ssh', Infinity, 40, Infinity],
    ['ssh', 64, 60, 1],
  ] as const)('bound the nodes worked on at once: %s, %d, %d: %d', (kind, limit, open, nodes) => {
    expect(nodesThatFit(kind, limit, open)).toBe(nodes);
  });
});
