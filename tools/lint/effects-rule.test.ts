import { effectsRule } from './effects-rule.ts';
import { testRule } from './tester.ts';

testRule('house/no-stray-effects', effectsRule, {
  valid: [
    ['src/transport/system-ssh/run.ts', `import { spawn } from 'node:child_process'; import { Client } from 'ssh2';`],
    ['src/kubernetes/exec-plugin.ts', `import { spawn } from 'node:child_process';`],
    ['src/kubernetes/client.ts', `import { Agent } from 'undici';`],
    [
      'src/engine/targets/hosts-file.ts',
      `import { readFile } from 'node:fs/promises'; import { isIP } from 'node:net';`,
    ],
    ['src/engine/journal/append.ts', `import { open } from 'node:fs/promises';`],
    ['src/files/write-whole.ts', `import { writeFileSync } from 'node:fs';`],
    [
      'src/problems/container-logs/problem.ts',
      `import { randomUUID } from 'node:crypto'; import { posix } from 'node:path';`,
    ],
    ['src/engine/diagnose.ts', `import type { Client } from 'ssh2';`],
    ['src/cli/main.ts', `import { CommanderError } from 'commander';`],
    ['src/engine/diagnose.ts', `import { type Client } from 'ssh2';`],
    ['src/engine/diagnose.test.ts', `import { spawn } from 'node:child_process';`],
    ['lab/up.ts', `import { spawn } from 'node:child_process';`],
  ],
  invalid: [
    [
      'src/app/session/session.ts',
      `import { Option } from 'commander';`,
      `'commander' reads a command line; that is not allowed in src/app/session/session.ts`,
    ],
    [
      'src/evidence/bundle.ts',
      `import { writeFileSync } from 'node:fs';`,
      `'node:fs' writes files; that is not allowed in src/evidence/bundle.ts`,
    ],
    [
      'src/engine/diagnose.ts',
      `import { spawn } from 'node:child_process';`,
      `'node:child_process' starts a process; that is not allowed in src/engine/diagnose.ts`,
    ],
    [
      'src/kubernetes/client.ts',
      `import { spawn } from 'node:child_process';`,
      `'node:child_process' starts a process; that is not allowed in src/kubernetes/client.ts`,
    ],
    [
      'src/engine/diagnose.ts',
      `const { Client } = await import('ssh2');`,
      `'ssh2' opens an SSH connection; that is not allowed in src/engine/diagnose.ts`,
    ],
    [
      'src/engine/diagnose.ts',
      `import * as net from 'node:net';`,
      `'node:net' opens a socket; that is not allowed in src/engine/diagnose.ts`,
    ],
    [
      'src/engine/diagnose.ts',
      `const answer = await fetch('http://x');`,
      `'undici' talks HTTP; that is not allowed in src/engine/diagnose.ts`,
    ],
    [
      'src/engine/diagnose.ts',
      `import { readFileSync, writeFileSync } from 'node:fs';`,
      `'node:fs' writes files; that is not allowed in src/engine/diagnose.ts`,
    ],
    [
      'src/engine/diagnose.ts',
      `import fs from 'node:fs';`,
      `'node:fs' writes files; that is not allowed in src/engine/diagnose.ts`,
    ],
    [
      'src/problems/container-logs/facts.ts',
      `import { readFileSync } from 'node:fs';`,
      `'node:fs' reads files; that is not allowed in src/problems/container-logs/facts.ts`,
    ],
    [
      'src/problems/kit/fingerprint.ts',
      `import { createHash } from 'node:crypto';`,
      `'node:crypto' hashes; that is not allowed in src/problems/kit/fingerprint.ts`,
    ],
  ],
});
