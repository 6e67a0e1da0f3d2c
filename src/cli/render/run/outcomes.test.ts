import { expect, test } from 'vitest';
import type { NodeOutcome } from '../../../engine/run.ts';
import { contextOf } from '../fixtures/sample-context.ts';
import { outcomeLines } from './outcomes.ts';

const run = '20261126-1200-kernel-memory-7f3a';

/** A reboot that did not give the argument, on a node that could not be put back. */
function failed(node: string): NodeOutcome {
  return {
    node,
    ending: 'failed',
    left: 'unknown',
    step: 'verify',
    code: 'KERNEL_ARGUMENT_NOT_IN_FORCE',
    params: { node, arguments: 'cgroup.memory=nokmem' },
    detail: 'English',
    also: [{ code: 'NODE_OUT_OF_SERVICE', params: { context: 'stays', node, run } }],
  };
}

test('what else is left is told behind what went wrong, of all nodes together', () => {
  const shown = outcomeLines([failed('worker-1'), failed('worker-2')], contextOf('ko')).join('\n');
  expect(shown).toMatchInlineSnapshot(`
    "  노드 2개, 실패 (검증), 상태를 알 수 없음
        worker-[1-2]
        worker-[1-2]: 실행 중인 커널에 다음 인수가 없습니다(/proc/cmdline):
        cgroup.memory=nokmem [KERNEL_ARGUMENT_NOT_IN_FORCE]
        노드가 어떤 부팅 항목으로 시작했는지 확인하세요. 남은 문제는 nodemend
        diagnose로 확인합니다.
        worker-[1-2] 노드는 서비스에서 빠진 상태로 남아 있습니다.
        [NODE_OUT_OF_SERVICE]
        nodemend resume 20261126-1200-kernel-memory-7f3a 또는 nodemend undo
        20261126-1200-kernel-memory-7f3a 명령으로 다시 서비스에 넣습니다."
  `);
});

test('of an interrupted node only that it stays out of service is left to say', () => {
  const { step: _, code: _code, params: _params, ...rest } = failed('worker-1');
  const shown = outcomeLines([{ ...rest, ending: 'interrupted' }], contextOf('ko')).join('\n');
  expect(shown).toMatchInlineSnapshot(`
    "  노드 1개, 중단, 상태를 알 수 없음
        worker-1
        worker-1 노드는 서비스에서 빠진 상태로 남아 있습니다. [NODE_OUT_OF_SERVICE]
        nodemend resume 20261126-1200-kernel-memory-7f3a 또는 nodemend undo
        20261126-1200-kernel-memory-7f3a 명령으로 다시 서비스에 넣습니다."
  `);
});
