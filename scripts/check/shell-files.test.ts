import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { shellFiles } from './shell-files.ts';

it('finds scripts by their ending and programs by their first line, and nothing that others wrote', () => {
  const root = mkdtempSync(join(tmpdir(), 'nodemend-shell-'));
  const files = {
    'a.sh': 'id\n',
    'src/x/probe.sh': '# no first line\n',
    'bin/nodemend': '#!/bin/sh\n',
    'bin/other': '#!/usr/bin/env bash\n',
    'bin/script.py': '#!/usr/bin/env python3\n',
    'bin/node-program': '#!/usr/bin/env node\n',
    '.ci/run': '#!/usr/bin/env bash\n',
    LICENSE: 'words\n',
    'node_modules/x/y.sh': 'id\n',
    'dist/z.sh': 'id\n',
    '.git/hooks/w.sh': 'id\n',
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  expect(shellFiles(root)).toEqual(['.ci/run', 'a.sh', 'bin/nodemend', 'bin/other', 'src/x/probe.sh']);

  rmSync(root, { recursive: true });
});
