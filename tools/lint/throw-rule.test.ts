import { testRule } from './tester.ts';
import { throwRule } from './throw-rule.ts';

testRule('house/nodemend-error', throwRule, {
  valid: [
    ['src/engine/diagnose.ts', `throw new NodemendError('NO_TARGETS');`],
    ['src/engine/diagnose.ts', `try { go(); } catch (error) { throw error; }`],
    ['src/engine/diagnose.test.ts', `throw new Error('x');`],
    ['scripts/build.ts', `throw new Error('x');`],
  ],
  invalid: [
    [
      'src/engine/diagnose.ts',
      `throw new Error('x');`,
      'throw a NodemendError, not Error: users need a code and a next step',
    ],
    [
      'lab/up.ts',
      `throw new TypeError('x');`,
      'throw a NodemendError, not TypeError: users need a code and a next step',
    ],
  ],
});
