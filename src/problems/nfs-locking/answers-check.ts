import type { NodeCheck } from '../../actions/action.ts';
import { noArguments } from '../kit/check-arguments.ts';
import { saysNo } from '../../runtimes/check-verdict.ts';
import script from './statd-answers.sh?raw';

/** Asks as mount.nfs does: rpcbind for program 100024, and that for an answer. */
export const answersCheck: { readonly name: 'statd-answers'; readonly check: NodeCheck } = {
  name: 'statd-answers',
  check: {
    script,
    admits: noArguments,
    judge: ({ stdout, stderr }) => {
      const isRegistered = /^ *100024 /m.test(stdout);
      const answers = /^program 100024 version 1 ready and waiting$/m.test(stdout);
      const saw = answers ? 'rpcinfo: program 100024 version 1 ready and waiting' : `rpcinfo: ${stderr.trim()}`;
      return isRegistered ? { ok: answers, saw } : saysNo('rpc-unregistered', { program: 100024 });
    },
  },
};
