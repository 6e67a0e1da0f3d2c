import { expect, test } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { errorExit, renderError } from './error.ts';
import { knownError } from '../../errors/known-error.ts';
import { contextOf } from './fixtures/sample-context.ts';

test('what was not thrown on purpose is internal, without a stack unless asked', () => {
  const error = new TypeError('x is not a function', { cause: new Error('deeper') });

  expect(renderError(error, { debug: false }, contextOf('en'))).toMatchInlineSnapshot(`
    "error: Internal error: x is not a function. [INTERNAL]
    hint: Report it with the output of the same command run with NODEMEND_DEBUG=1.
    "
  `);
  expect(renderError(error, { debug: true }, contextOf('en'))).toMatch(
    /TypeError: x is not a function\n +at [^]*Error: deeper\n +at /,
  );
  expect(renderError('text', { debug: true }, contextOf('en'))).toContain('error: Internal error: text. [INTERNAL]');
  expect(knownError(error)).toEqual({ code: 'INTERNAL', params: { problem: 'x is not a function' } });
  expect(errorExit(error)).toBe(1);
  expect(errorExit(new NodemendError('NO_TARGETS', { selection: 'x' }))).toBe(2);
});
