import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedHunks } from './unified-hunks.ts';

test('are those that a diff of any two texts gives', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      fc.boolean(),
      (changed, isEnded, isCrlf) => {
        fc.pre(changed.includes(true));
        const [ending, end] = [isCrlf ? '\r\n' : '\n', isEnded ? '\n' : ''];
        // Each line is its own, so that there is one shortest diff.
        const before = changed.map((_, index) => `line ${index}`).join(ending) + end;
        const after = changed.map((isChanged, index) => `line ${index}${isChanged ? ' new' : ''}`).join(ending) + end;
        const patch = createTwoFilesPatch('', '', before, after, '', '', { context: 3 });

        expect(unifiedHunks(before, after)).toBe(patch.slice(patch.indexOf('@@')));
      },
    ),
  );
});
