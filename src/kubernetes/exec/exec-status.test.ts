import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExecStatus } from './exec-status.ts';

describe('the status of a command in a container', () => {
  it.each([
    ['success', '{"metadata":{},"status":"Success"}', { code: 0 }],
    [
      'an exit code',
      '{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit code ' +
        '3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}',
      { code: 3 },
    ],
    [
      'a command that is not there',
      '{"metadata":{},"status":"Failure","message":"Internal error occurred: error executing command in ' +
        'container: failed to exec in container: OCI runtime exec failed: exec: \\"sh\\": executable file not ' +
        'found in $PATH: unknown","reason":"InternalError","details":{"causes":[{"message":"error executing ' +
        'command"}]},"code":500}',
      { failure: expect.stringContaining('executable file not found') as string },
    ],
    [
      'an exit code without a number',
      '{"status":"Failure","message":"ended","reason":"NonZeroExitCode"}',
      { failure: 'ended' },
    ],
    ['no reason', '{"status":"Failure"}', { failure: 'no reason was given' }],
    ['text', 'container not found', { failure: 'container not found' }],
    ['nothing', '', { failure: 'no status' }],
    ['JSON of another kind', '[1]', { failure: '[1]' }],
  ])('%s', (_name, text, expected) => {
    expect(readExecStatus(text)).toEqual(expected);
  });

  it('reads anything without failing', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readExecStatus(text)));
  });
});
