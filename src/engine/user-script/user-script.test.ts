import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { problems } from '../../problems/testing/all-problems.ts';
import { inputsAtBootstrapOf } from '../../problems/testing/problem-fixtures.ts';
import { maxUserScriptBytes, userScript, type BootstrapPart } from './user-script.ts';

const part = (problem: string, content: string): BootstrapPart => ({
  problem,
  bootstrap: {
    script: `# shellcheck shell=sh\n${problem.replaceAll('-', '_')}_bootstrap() {\n  tell "$2"\n}\n`,
    content,
  },
});

describe('the user script', () => {
  test('begins as NKS wants it, and ends with what starts it', () => {
    const script = userScript([part('some-trouble', 'content\n')], '1.2.3');

    expect(script.split('\n')[0]).toBe('#!/bin/sh');
    expect(script).toContain('\nset -eu\n');
    expect(script.endsWith('\nnodemend_main\n')).toBe(true);
    expect(script).not.toContain('shellcheck shell');
    expect(script).not.toMatch(/[^\t\n -~]/);
    expect(userScript([part('some-trouble', 'content\n')], '1.2.3')).toBe(script);
  });

  test('what the user gave takes the place of nodemend’s own', () => {
    const script = userScript(
      [{ ...part('some-trouble', 'own content\n'), given: { content: 'given content\n', path: "/etc/it's" } }],
      '1.2.3',
    );

    expect(script).toContain('\ngiven content\n');
    expect(script).not.toContain('own content');
    expect(script).toMatch(
      /nodemend_run some-trouble [0-9a-f]{64} nodemend_content_some_trouble some_trouble_bootstrap given '\/etc\/it'\\''s'\n/,
    );
  });

  test('one that NKS would not take is refused, to the byte', () => {
    // So large, it has no comments.
    const large = 50_000;
    const others = userScript([part('some-trouble', `${'x'.repeat(large - 1)}\n`)], '1.2.3').length - large;
    const room = maxUserScriptBytes - others;

    expect(userScript([part('some-trouble', `${'x'.repeat(room - 1)}\n`)], '1.2.3')).toHaveLength(maxUserScriptBytes);
    expect(() => userScript([part('some-trouble', `${'x'.repeat(room)}\n`)], '1.2.3')).toThrow(
      expect.objectContaining({
        code: 'USER_SCRIPT_TOO_LARGE',
        params: { size: maxUserScriptBytes + 1, most: maxUserScriptBytes },
      }),
    );
  });

  test('of all problems together it is one that NKS takes, with room for a script of one’s own', async () => {
    const all = problems.map(async ({ meta: { id }, bootstrap }): Promise<readonly BootstrapPart[]> => {
      if (bootstrap === undefined) return [];
      const { script, content } = bootstrap;
      const made = typeof content === 'string' ? content : (content(await inputsAtBootstrapOf(id)) ?? '');
      return [{ problem: id, bootstrap: { script, content: made } }];
    });
    const parts = (await Promise.all(all)).flat();

    expect(parts.length).toBeGreaterThan(0);
    expect(
      parts.every(
        ({ problem, bootstrap }) =>
          bootstrap.content !== '' && bootstrap.script.includes(`\n${problem.replaceAll('-', '_')}_bootstrap() {\n`),
      ),
    ).toBe(true);
    const script = userScript(parts, '1.2.3');
    expect(script.length).toBeLessThan((maxUserScriptBytes * 3) / 4);
    for (const shell of ['dash', 'bash', 'busybox sh'])
      expect(spawnSync(`${shell} -n`, { input: script, shell: true, encoding: 'utf8' }).stderr).toBe('');
    // Lines that begin with # are comments wherever these scripts have them: no here-document has one.
    const hereDocuments = parts.flatMap(({ bootstrap }) => [
      ...bootstrap.script.matchAll(/<<(\w+)\n((?:.*\n)*?)\1$/gmu),
    ]);
    expect(hereDocuments).toHaveLength(parts.flatMap(({ bootstrap }) => bootstrap.script.match(/<</gu) ?? []).length);
    expect(hereDocuments.filter(([, , body = '']) => /^\s*#/mu.test(body))).toEqual([]);
  });
});
