import type { NodeCheck } from '../../actions/action.ts';
import { saysNo } from '../../runtimes/check-verdict.ts';
import { noArguments } from '../kit/check-arguments.ts';

/** The loader finds the library now. */
export const cachedCheck: { readonly name: 'library-cached'; readonly check: NodeCheck } = {
  name: 'library-cached',
  check: {
    script: 'ldconfig -p',
    admits: noArguments,
    judge: ({ stdout }) => {
      const line = stdout.split('\n').find((one) => /\blibdcgm\.so\.4 /.test(one));
      return line === undefined
        ? saysNo('library-missing', { library: 'libdcgm.so.4' })
        : { ok: true, saw: `ldconfig -p: ${line.trim()}` };
    },
  },
};
