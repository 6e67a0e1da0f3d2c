import { problemParams } from '../errors/form-fault.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Sentence } from '../errors/sentences.ts';

/** KUBECONFIG_INVALID. @param problem of `kubeconfig` in `locales/<lang>/sentences.json`; no value that may be a secret is in it */
export function invalid(path: string, problem: Sentence): NodemendError {
  return new NodemendError('KUBECONFIG_INVALID', { path, ...problemParams(problem) });
}
