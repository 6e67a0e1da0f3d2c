import { namesRule } from './names-rule.ts';
import { testRule } from './tester.ts';

testRule('house/telling-names', namesRule, {
  valid: [
    ['src/transport/known-hosts.ts', `export { a } from './a.ts';`],
    ['src/cli/render/width.ts', `export const a = 1;`],
  ],
  invalid: [
    ['src/transport/utils.ts', `export const a = 1;`, `'utils' in the name tells no subject`],
    ['src/common/text.ts', `export const a = 1;`, `'common' in the name tells no subject`],
    ['src/cli/table-helper.test.ts', `export const a = 1;`, `'helper' in the name tells no subject`],
    [
      'src/transport/ssh.ts',
      `export * from './ssh/connect.ts';`,
      'no barrels: import a thing from the file that has it',
    ],
  ],
});
