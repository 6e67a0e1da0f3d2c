import { styleText } from 'node:util';

/** What a piece of text is, for the eye. Each is also said in words: colour alone never carries a meaning. */
export type Tone = 'fail' | 'warn' | 'unknown' | 'ok' | 'quiet' | 'strong' | 'added' | 'removed' | 'place';

export type Paint = (tone: Tone, text: string) => string;

/**
 * The sixteen base colours only: they follow the terminal's own theme. Cyan, not blue, which is unreadable on black.
 */
const styles = {
  fail: ['bold', 'red'],
  warn: ['bold', 'yellow'],
  unknown: ['bold', 'magenta'],
  ok: ['green'],
  quiet: ['dim'],
  strong: ['bold'],
  added: ['green'],
  removed: ['red'],
  place: ['cyan'],
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

export function createPaint(colour: boolean): Paint {
  if (!colour) return (_tone, text) => text;
  // The stream was looked at by `output.ts`; styleText would look at standard output whatever the text is for.
  return (tone, text) => (text === '' ? '' : styleText(styles[tone], text, { validateStream: false }));
}
