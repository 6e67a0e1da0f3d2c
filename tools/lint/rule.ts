import { relative, sep } from 'node:path';
import type { RuleTester } from 'oxlint/plugins-dev';

/** oxlint exports its rule types only through the tester. */
export type Rule = Parameters<RuleTester['run']>[1];
export type Context = Parameters<Extract<Rule, { create: unknown }>['create']>[0];

/** Path of the linted file inside the project, with forward slashes: `src/cli/main.ts`. oxlint runs in the project's root. */
export function projectPath(context: { readonly cwd: string; readonly filename: string }): string {
  return relative(context.cwd, context.filename).split(sep).join('/');
}

/** Tests and what only tests load are free to reach anything. */
export function isTest(path: string): boolean {
  return /\.test\.ts$|\/(testing|fixtures)\//.test(path);
}
