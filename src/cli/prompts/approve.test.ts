import { expect, test } from 'vitest';
import { approve } from './approve.ts';
import type { CommandContext } from '../command-context.ts';
import { createOutput, type OutputStream } from '../render/output.ts';
import type { CommandSession } from '../options/open-session.ts';
import { createTexts } from '../../app/texts/texts.ts';

const full: OutputStream = {
  write: () => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  },
  on: () => undefined,
};
const wide: OutputStream = { write: (_text, done) => done?.(), on: () => undefined };

async function asked(stdout: OutputStream, yes: boolean): Promise<string> {
  const context = { output: createOutput(stdout, wide, {}), interrupt: new AbortController().signal };
  context.output.data.write('the plan\n');
  try {
    const session = { texts: createTexts('en', []), repeat: [] } as unknown as CommandSession;
    await approve({ question: 'apply?', command: ['apply', 'p.json'], yes }, session, context as CommandContext);
    return 'approved';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

test('nobody is asked about a plan that could not be shown', async () => {
  expect(await asked(full, false)).toBe('OUTPUT_LOST');
});

test('who approved beforehand is not kept from a cure by a full disk: it may be what is to be cured', async () => {
  expect(await asked(full, true)).toBe('approved');
});
