import { namesRule } from './names-rule.ts';
import { testRule } from './tester.ts';

testRule('house/telling-names', namesRule, {
  valid: [
    ['src/transport/known-hosts.ts', `export { a } from './a.ts';`],
    ['src/cli/render/width.ts', `export const a = 1;`],
    ['src/actions/same.ts', `const seen = new Set<string>(); export function claim(): void { seen.clear(); }`],
    ['src/engine/read.ts', `export const { rhythm } = JSON.parse('{"rhythm":1}');`],
    ['src/text/storage.ts', `export interface Restored { readonly claims: number }`],
  ],
  invalid: [
    ['src/transport/utils.ts', `export const a = 1;`, `'utils' in the name tells no subject`],
    ['src/common/text.ts', `export const a = 1;`, `'common' in the name tells no subject`],
    ['src/cli/table-helper.test.ts', `export const a = 1;`, `'helper' in the name tells no subject`],
    [
      'src/engine/run-world.ts',
      `export const a = 1;`,
      `'world' in src/engine/run-world gave way to: dependencies, cluster, or fixture`,
    ],
    [
      'src/engine/run.ts',
      `export interface RunWorld {}`,
      `'world' in RunWorld gave way to: dependencies, cluster, or fixture`,
    ],
    ['src/engine/run.ts', `export function isSeen(): void {}`, `'seen' in isSeen gave way to: observed`],
    [
      'src/engine/run.ts',
      `const firstScene = 1; export const a = firstScene;`,
      `'scene' in firstScene gave way to: fixture, or context`,
    ],
    [
      'src/engine/undo.ts',
      `export function takeBack(): void {}`,
      `'take back' in takeBack gave way to: undo, or restore`,
    ],
    [
      'src/transport/ssh.ts',
      `export * from './ssh/connect.ts';`,
      'no barrels: import a thing from the file that has it',
    ],
  ],
});
