import { join } from 'node:path';
import { RuleTester } from 'oxlint/plugins-dev';
import { describe, it } from 'vitest';
import type { Rule } from './rule.ts';

interface Cases {
  /** Instead of this project, for a rule that looks at what is in it. */
  readonly cwd?: string;
  readonly valid: readonly [file: string, code: string][];
  readonly invalid: readonly [file: string, code: string, ...messages: string[]][];
}

const project = join(import.meta.dirname, '..', '..');

/** Runs one rule over snippets that stand at a path of the project; an invalid one names every message it must give. */
export function testRule(name: string, rule: Rule, { valid, invalid, cwd = project }: Cases): void {
  RuleTester.describe = describe;
  RuleTester.it = it;
  const place = (
    file: string,
    code: string,
  ): { readonly code: string; readonly filename: string; readonly name: string } => ({
    code,
    filename: file,
    name: `${file}: ${code}`,
  });
  new RuleTester({ cwd }).run(name, rule, {
    valid: valid.map(([file, code]) => place(file, code)),
    invalid: invalid.map(([file, code, ...messages]) => ({
      ...place(file, code),
      errors: messages.map((message) => ({ message })),
    })),
  });
}
