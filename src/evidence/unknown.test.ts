import { describe, expect, test } from 'vitest';
import { errorAreas, type ErrorCode } from '../errors/catalogue.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import { reasonOf, unknownOf } from './unknown.ts';

/** Codes that end a command instead: they speak of the user's own files, of flags, or of changes. */
const notOfASubject = /^(BUNDLE|KUBECONFIG|LEASE)_|^(POD_NEEDS_API|IMAGE_NOT_PINNED|PATH_UNSAFE)$/;
const ofSubjects = [
  ...Object.keys(errorAreas.transport.codes),
  ...Object.keys(errorAreas.kubernetes.codes),
  ...Object.keys(errorAreas.evidence.codes),
]
  .filter((code) => !notOfASubject.test(code))
  .map((code) => code as ErrorCode);

describe('unknownOf', () => {
  test.each(ofSubjects)('%s has a reason', (code) => {
    expect(unknownOf(new NodemendError(code))).toMatchObject({
      state: 'unknown',
      reason: reasonOf(code),
      error: { code },
    });
    expect(reasonOf(code)).toBeDefined();
  });

  test('keeps the error for its words, in English and as parameters', () => {
    const error = new NodemendError('API_FORBIDDEN', {
      user: 'kim',
      verb: 'get',
      resource: 'namespaces',
      namespace: '',
      message: 'no',
    });

    expect(unknownOf(error)).toEqual({
      state: 'unknown',
      reason: 'forbidden',
      detail: error.message,
      error: { code: 'API_FORBIDDEN', params: error.params },
    });
    expect(error.message).toContain('kim cannot get namespaces');
  });

  test('masks secrets in what a node or a server said', () => {
    const error = new NodemendError('SSH_CLIENT_FAILED', {
      node: 'a',
      detail: 'proxy http://kim:hunter2@proxy:1 closed',
    });

    expect(JSON.stringify(unknownOf(error))).not.toContain('hunter2');
  });

  test.each([
    new NodemendError('INTERNAL', { problem: 'x' }),
    new NodemendError('KUBECONFIG_MISSING', { path: 'x' }),
    new TypeError('x'),
    'aborted',
  ])('throws what is no property of a subject: %s', (error) => {
    let thrown: unknown;
    try {
      unknownOf(error);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toBe(error);
  });
});
