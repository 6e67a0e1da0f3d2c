import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hidesSomething } from '../../text/printable.ts';
import { createPaint } from './paint.ts';
import { renderPatch } from './patch.ts';

test.each(['plain.yaml', 'two words.yaml', 'a"b.yaml', 'x\u200ey.yaml', 'x\u200fy.yaml', 'x\u061cy.yaml', '한글.yaml'])(
  'a patch of %j hides nothing, and git finds the file by it',
  (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'nodemend-patch-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, name), 'old\n');
    const patch = renderPatch(name, { before: 'old\n', after: 'new\n' }, createPaint(false));
    const { stderr } = spawnSync('git', ['apply', '-'], { cwd: folder, input: patch, encoding: 'utf8' });

    expect(hidesSomething(patch)).toBe(false);
    expect([stderr, readFileSync(join(folder, name), 'utf8')]).toEqual(['', 'new\n']);
  },
);
