import { describe, expect, test } from 'vitest';
import { withUserArgs } from './user-args.ts';

const flags = { '--container-log-max-size': '2Mi', '--container-log-max-files': '3' };

describe('the arguments of NKS', () => {
  test.each([
    ['KUBELET_USER_ARGS=""\n', 'KUBELET_USER_ARGS="--container-log-max-size=2Mi --container-log-max-files=3"\n'],
    ['KUBELET_USER_ARGS=\n', 'KUBELET_USER_ARGS="--container-log-max-size=2Mi --container-log-max-files=3"\n'],
    [
      "KUBELET_USER_ARGS='--max-pods=50  --v=2'",
      "KUBELET_USER_ARGS='--max-pods=50  --v=2 --container-log-max-size=2Mi --container-log-max-files=3'",
    ],
    [
      '# a\nKUBELET_USER_ARGS="--container-log-max-size 1Gi --v=2"\nOTHER=1\n',
      '# a\nKUBELET_USER_ARGS="--container-log-max-size=2Mi --v=2 --container-log-max-files=3"\nOTHER=1\n',
    ],
    ['OTHER=1', 'OTHER=1\nKUBELET_USER_ARGS="--container-log-max-size=2Mi --container-log-max-files=3"\n'],
    ['', 'KUBELET_USER_ARGS="--container-log-max-size=2Mi --container-log-max-files=3"\n'],
  ])('%j', (text, edited) => {
    expect(withUserArgs(text, flags)).toBe(edited);
    expect(withUserArgs(edited, flags), 'again').toBe(edited);
  });

  test.each([
    'KUBELET_USER_ARGS="a"\nKUBELET_USER_ARGS="b"\n',
    'KUBELET_USER_ARGS="a \\\nb"\n',
    'KUBELET_USER_ARGS="$MORE"\n',
    'KUBELET_USER_ARGS="--a=\'b c\'"\n',
    'export KUBELET_USER_ARGS="a"\n',
    'KUBELET_USER_ARGS=a b\n',
  ])('%j is left to people', (text) => expect(withUserArgs(text, flags)).toBeUndefined());
});
