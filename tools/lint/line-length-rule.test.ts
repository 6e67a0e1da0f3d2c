import { lineLengthRule } from './line-length-rule.ts';
import { testRule } from './tester.ts';

const long = 'x'.repeat(141);

testRule('house/line-length', lineLengthRule, {
  valid: [
    ['src/a.ts', `export const a = '${'x'.repeat(119)}';`],
    ['src/a.ts', `export const a = /${long}/;`],
    ['src/a.ts', `export const a = String.raw\`${long}\`;`],
    ['src/a.ts', `export const a = \`\n${long}\`;`],
  ],
  invalid: [
    ['src/a.ts', `export const a = '${long}';`, 'a line of 161 characters; 140 at the most'],
    ['src/a.ts', `export const a = \`${long}\`;`, 'a line of 161 characters; 140 at the most'],
    ['src/a.ts', `// ${long}\nexport const a = 1;`, 'a line of 144 characters; 140 at the most'],
  ],
});
