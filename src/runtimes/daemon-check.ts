import type { CheckOutput, CheckVerdict, NodeCheck } from '../actions/action.ts';
import { saysNo } from './check-verdict.ts';
import { doubtIn } from './doubt.ts';
import { withDaemon } from './with-daemon.ts';

/** A check that asks which process a daemon is: where that could not be told it says no, and why. */
export function daemonCheck(
  script: string,
  admits: NodeCheck['admits'],
  judge: (output: CheckOutput) => CheckVerdict,
): NodeCheck {
  return {
    script: withDaemon(script),
    admits,
    judge: (output) => {
      const doubt = doubtIn(output.stdout);
      if (doubt === undefined) return judge(output);
      return doubt.what === 'docker-root'
        ? saysNo('doubt-docker-root', { why: doubt.why })
        : saysNo('doubt', { what: doubt.what, why: doubt.why });
    },
  };
}
