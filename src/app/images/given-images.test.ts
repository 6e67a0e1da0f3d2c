import { expect, test } from 'vitest';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { errorText } from '../../errors/text.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { fixture } from '../../problems/base-images/testing/fixture.ts';
import { givenBy, imageNames } from './given-images.ts';
import { SessionArchives } from './session-archives.ts';

const proxy = 'registry.k8s.io/kube-proxy:v1.34.4';
const archives = new SessionArchives({
  folder: '/nonexistent',
  connect: () => Promise.reject(new Error('no node is asked')),
  bandwidth: 0,
  signal: new AbortController().signal,
});

function given(evidence: Evidence, names: readonly string[]): Promise<unknown> {
  return givenBy({ evidence, node: evidence.nodes[0]?.name ?? '', names, archives });
}

test('names as kubelet asks for them, each once', () => {
  expect(imageNames(['busybox', 'docker.io/library/busybox:latest', proxy])).toEqual([
    'docker.io/library/busybox:latest',
    proxy,
  ]);
  expect(() => imageNames(['Not An Image'])).toThrow(
    expect.objectContaining({ code: 'IMAGE_NAME_INVALID', params: { image: 'Not An Image' } }) as Error,
  );
});

test('a node gives what it has whole', async () => {
  expect(await given(fixture(), [proxy])).toMatchObject([{ name: proxy, platform: 'linux/amd64' }]);
  await expect(given(fixture(), ['example.test/absent:1'])).rejects.toMatchObject({
    code: 'IMAGE_NOT_WHOLE_THERE',
    params: { image: 'example.test/absent:1', content: 'absent' },
  });
});

test('of a name that was mistyped it says which the node has', async () => {
  const near = async (typed: string): Promise<string> => {
    const error = await given(fixture(), [typed]).catch((thrown: unknown) => thrown);
    if (!isNodemendError(error)) throw new Error('it gave one');
    return errorText('en', error.code, error.params).next;
  };

  expect(await near('registry.k8s.io/kube-prxoy:v1.34.4')).toMatch(`Did you mean ${proxy}?`);
  expect(await near('registry.k8s.io/kube-proxy:v1.34.3')).toMatch(`Did you mean ${proxy}?`);
  expect(await near('registry.k8s.io/kube-scheduler:v1.34.4')).not.toMatch('Did you mean');
});

test.each([
  ['without-layers', '1 1', 'unpacked, without the layers'],
  ['half', '0 0', 'only in part'],
])('a node that has it %s gives none of it, and says so', async (content, has, words) => {
  const images = (text: string): string => {
    const [, digest = ''] = /^record (\S+) .*kube-proxy:v1\.34\.4$/mu.exec(text) ?? [];
    return text.replace(new RegExp(`^(manifest ${digest} .*) 0 1$`, 'mu'), `$1 ${has}`);
  };

  const error = await given(fixture({ images }), [proxy]).catch((thrown: unknown) => thrown);
  if (!isNodemendError(error)) throw new Error('it gave one');
  expect(error).toMatchObject({ code: 'IMAGE_NOT_WHOLE_THERE', params: { image: proxy, content } });
  expect(errorText('en', error.code, error.params).cause).toContain(words);
});

test('a node whose images could not be listed gives none, and says why', async () => {
  await expect(given(fixture({ unseen: 'unreachable' }), [proxy])).rejects.toMatchObject({ code: 'IMAGES_NOT_LISTED' });
});
