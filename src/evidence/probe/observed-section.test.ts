import { describe, expect, test } from 'vitest';
import type { SectionFrame } from './frames.ts';
import { observeSection } from './observed-section.ts';

function frame(change: Partial<SectionFrame> = {}): SectionFrame {
  return {
    name: 'demo/one',
    exitCode: 0,
    status: 'ended',
    output: Buffer.from('text\n'),
    errors: Buffer.from(''),
    ...change,
  };
}

function see(change: Partial<SectionFrame>): ReturnType<typeof observeSection> {
  return observeSection('worker-1', frame(change));
}

describe('seeSection', () => {
  test.each([0, 1, 2, 76, 78, 125, 128])('hands exit code %i on to the problem', (exitCode) => {
    expect(see({ exitCode })).toEqual({
      state: 'seen',
      value: { exitCode, encoding: 'utf8', output: 'text\n', errors: '', truncated: false },
    });
  });

  test.each([
    [{ status: 'timed-out', exitCode: 137 }, 'timed-out', 'SECTION_TIMED_OUT'],
    [{ status: 'no-scratch' }, 'probe-failed', 'PROBE_NO_SCRATCH'],
    [{ status: 'scratch-full', exitCode: 1 }, 'probe-failed', 'PROBE_SCRATCH_FULL'],
    [{ exitCode: 77 }, 'needs-root', 'SECTION_NEEDS_ROOT'],
    [{ exitCode: 127, errors: Buffer.from('sh: logrotate: not found\n') }, 'tool-missing', 'SECTION_TOOL_MISSING'],
    [{ exitCode: 126 }, 'tool-missing', 'SECTION_TOOL_MISSING'],
    [{ exitCode: 137 }, 'probe-failed', 'SECTION_KILLED'],
  ] as const)('%j is unknown', (change, reason, code) => {
    expect(see(change)).toMatchObject({ state: 'unknown', reason, error: { code, params: { node: 'worker-1' } } });
  });

  test.each(['\u200e', '\u200f', '\u061c'])('says a mark that turns text around (%j) and does not send it', (mark) => {
    const written = `sh: \\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}x`;
    expect(see({ exitCode: 127, errors: Buffer.from(`sh: ${mark}x\n`) })).toMatchObject({
      error: { params: { detail: written } },
    });
  });

  test('says what the program said, and no more than a line of it', () => {
    const seen = see({ exitCode: 127, errors: Buffer.from('\nsh: logrotate: not found\nmore\n') });

    expect(seen).toMatchObject({
      detail: 'worker-1: a program that demo/one needs cannot be run: sh: logrotate: not found.',
    });
  });

  test('a node cannot write to the terminal by its errors, nor hide half a secret behind the cut', () => {
    const seen = see({ exitCode: 127, errors: Buffer.from(`\u001b[31mhttp://kim:hunter2@proxy ${'x'.repeat(183)}\n`) });

    expect(seen).toMatchObject({
      state: 'unknown',
      detail: expect.not.stringMatching(/\p{Cc}|hunter2|ter2/u) as string,
    });
  });

  test('keeps binary output to the byte', () => {
    const output = Buffer.from([0, 255, 254, 10]);

    expect(see({ output })).toMatchObject({ value: { encoding: 'base64', output: output.toString('base64') } });
  });

  test.each([1, 2, 3])('a cut inside a character does not make the text binary (%i bytes of 4)', (kept) => {
    const output = Buffer.concat([Buffer.from('가'), Buffer.from('😀').subarray(0, kept)]);

    expect(see({ output, status: 'truncated' })).toMatchObject({
      value: { encoding: 'utf8', output: '가', truncated: true },
    });
  });

  test('a cut between characters loses none', () => {
    expect(see({ output: Buffer.from('가나'), status: 'truncated' })).toMatchObject({ value: { output: '가나' } });
    expect(see({ output: Buffer.from('ab'), status: 'truncated' })).toMatchObject({ value: { output: 'ab' } });
    expect(see({ output: Buffer.alloc(0), status: 'truncated' })).toMatchObject({ value: { output: '' } });
  });

  test('masks secrets in output, errors and details, also between binary bytes', () => {
    const secret = 'https://kim:hunter2@proxy.example:3128';
    const text = see({ output: Buffer.from(secret), errors: Buffer.from(secret) });
    const binary = see({ output: Buffer.concat([Buffer.from([255, 0]), Buffer.from(secret)]) });
    const failed = see({ exitCode: 127, errors: Buffer.from(`cannot reach ${secret}`) });

    expect(text).toMatchObject({
      value: { output: 'https://***:***@proxy.example:3128', errors: 'https://***:***@proxy.example:3128' },
    });
    expect(Buffer.from(binary.state === 'seen' ? binary.value.output : '', 'base64').toString('latin1')).toBe(
      '\u00ff\u0000https://***:***@proxy.example:3128',
    );
    expect(JSON.stringify(failed)).not.toContain('hunter2');
  });
});
