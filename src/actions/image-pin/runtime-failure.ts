import type { ErrorCode } from '../../errors/catalogue.ts';

/**
 * How the clients say that nobody answered in time: ctr 1.6, ctr 2 (it closes a connection on which nothing came), and
 * what bounds docker's.
 */
const silence =
  /deadline ?exceeded|reading server preface: .*(?:use of closed network connection|i\/o timeout)|no answer within/iu;

/** What a script says with `fail runtime-client`: the client failed, or the runtime behind it hangs. */
export const runtimeFailures = {
  'runtime-client': (words: string): ErrorCode => (silence.test(words) ? 'RUNTIME_SILENT' : 'RUNTIME_CLIENT_FAILED'),
} as const;
