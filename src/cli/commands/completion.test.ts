import { expect, test } from 'vitest';
import { runInProcess } from '../testing/run-in-process.ts';

test.each(['bash', 'zsh', 'fish'])('%s: a script, and nothing else', async (shell) => {
  const { code, data, notes } = await runInProcess(['completion', shell], { language: 'ko' });

  expect({ code, notes }).toEqual({ code: 0, notes: '' });
  expect(data).toContain(`nodemend completion ${shell} >`);
});

test('another shell is refused, with those there are', async () => {
  expect((await runInProcess(['completion', 'tcsh'])).error).toMatchObject({
    code: 'USAGE',
    params: { value: 'tcsh', choices: 'bash, zsh, fish' },
  });
});
