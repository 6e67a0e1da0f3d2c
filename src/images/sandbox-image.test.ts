import { describe, expect, test } from 'vitest';
import type { NodeEvidence, Observed } from '../evidence/evidence.ts';
import { containerdRegistries, type ContainerdFacts } from '../runtimes/containerd/registries.ts';
import { dockerImages } from '../runtimes/docker/images.ts';
import type { KubeletFacts } from '../runtimes/kubelet/kubelet.ts';
import type { RuntimeFacts } from '../runtimes/running.ts';
import { dockerNodeImages } from './docker-images.ts';
import { containerdSandbox, dockerSandbox } from './sandbox-image.ts';
import { readRecorded } from './testing/recorded.ts';

const pause = 'registry.k8s.io/pause:3.6';

describe('of containerd', () => {
  const node = { api: { state: 'not-looked-at', enable: '' } } as unknown as NodeEvidence;
  const facts = (version = 'containerd-1.6.20'): ContainerdFacts => {
    const read = readRecorded(version, containerdRegistries);
    if (read === 'no-containerd') throw new Error('no containerd');
    return read;
  };
  const seen = (value: ContainerdFacts): Observed<ContainerdFacts> => ({ state: 'seen', value });

  test.each(['containerd-1.6.20', 'containerd-2.4.2'])('%s: what its configuration says', (version) => {
    expect(containerdSandbox({ node, configuration: seen(facts(version)), madeFrom: [] })).toEqual({
      state: 'known',
      name: pause,
      from: '/etc/containerd/config.toml',
    });
  });

  test.each([
    ['changed since it was started', { ...facts(), isChangedSinceStart: true }, 'pending'],
    ['a file that could not be read', { ...facts(), closed: '/etc/containerd/config.toml' }, 'unread'],
    ['a file that others can change', { ...facts(), refused: '/etc/containerd/config.toml' }, 'unread'],
    ['nothing said, and no version known', { ...facts(), files: [] }, 'version'],
  ])('%s', (_what, value, why) => {
    expect(containerdSandbox({ node, configuration: seen(value), madeFrom: [] })).toMatchObject({
      state: 'unknown',
      why,
    });
  });

  const older = 'registry.k8s.io/pause:3.5';
  const file = '/etc/containerd/config.toml';
  const inUse = { name: older, from: 'running-sandboxes', isInUse: true };
  const configured = { name: pause, from: file, isInUse: false };

  test.each([
    [
      'changed, and still what is in use',
      { isChangedSinceStart: true },
      [pause],
      { state: 'known', name: pause, from: file },
    ],
    [
      'changed to another',
      { isChangedSinceStart: true },
      [older],
      { state: 'unknown', why: 'pending', reason: 'inconclusive', candidates: [inUse, configured] },
    ],
    [
      'not there, and in its folder something came or went: removed, or never there',
      { isChangedSinceStart: true, files: [] },
      [],
      { state: 'unknown', why: 'pending', reason: 'inconclusive', gone: file },
    ],
    [
      'changed to what could not be read',
      { isChangedSinceStart: true, closed: file },
      [older],
      { state: 'unknown', why: 'unread', reason: 'unproven', candidates: [inUse] },
    ],
    [
      'not what is in use, and not changed',
      {},
      [older],
      { state: 'unknown', why: 'disagree', reason: 'inconclusive', candidates: [inUse, configured] },
    ],
    [
      'two in use, which no daemon does',
      {},
      [pause, older],
      {
        state: 'unknown',
        why: 'disagree',
        reason: 'inconclusive',
        candidates: [{ ...configured, from: 'running-sandboxes', isInUse: true }, inUse],
      },
    ],
    [
      'one that does not say, and was not changed',
      { files: [] },
      [older],
      { state: 'known', name: older, from: 'running-sandboxes' },
    ],
    ['what is no name', {}, ['No Name'], { state: 'unknown', why: 'invalid', reason: 'malformed' }],
  ])('a configuration beside what sandboxes since its start are made from: %s', (_what, change, madeFrom, image) => {
    expect(containerdSandbox({ node, configuration: seen({ ...facts(), ...change }), madeFrom })).toEqual(image);
  });

  test.each([
    ['the same', pause, [], { state: 'known', name: pause, from: file }],
    [
      'another',
      older,
      [],
      {
        state: 'unknown',
        why: 'pending',
        reason: 'inconclusive',
        candidates: [{ ...inUse, from: 'start-log' }, configured],
      },
    ],
    [
      'another, as sandboxes do',
      older,
      [older],
      { state: 'unknown', why: 'pending', reason: 'inconclusive', candidates: [inUse, configured] },
    ],
    ['none', '', [], { state: 'unknown', why: 'invalid', reason: 'malformed' }],
  ])(
    'a configuration that was changed beside what the daemon said at its start: %s',
    (_what, given, madeFrom, image) => {
      const configuration = seen({ ...facts(), isChangedSinceStart: true });

      expect(containerdSandbox({ node, configuration, madeFrom, given })).toEqual(image);
    },
  );

  test('a section that did not arrive', () => {
    const configuration = { state: 'unknown', reason: 'timed-out', detail: '' } as const;

    expect(containerdSandbox({ node, configuration, madeFrom: [] })).toEqual({
      state: 'unknown',
      why: 'unread',
      reason: 'timed-out',
    });
  });
});

describe('of docker', () => {
  const images = readRecorded('docker-20.10.24', dockerImages);
  if (images === 'no-docker' || images.listed === undefined) throw new Error('no images');
  const store = dockerNodeImages(images, images.listed);
  const kubelet = (flag?: string) =>
    ({ options: new Map(flag === undefined ? [] : [['pod-infra-container-image', flag]]) }) as unknown as KubeletFacts;
  const running = (criDockerdSandbox?: string, ...processes: readonly string[]) =>
    ({ processes: new Set(processes), criDockerdSandbox }) as unknown as RuntimeFacts;

  test('dockershim goes by kubelet’s flag, cri-dockerd by its own', () => {
    const told = { kubelet: kubelet('pause:1'), images, store };

    expect(dockerSandbox({ ...told, running: running() })).toMatchObject({ name: 'docker.io/library/pause:1' });
    expect(dockerSandbox({ ...told, running: running('a.test/pause:2', 'cri-dockerd') })).toMatchObject({
      name: 'a.test/pause:2',
    });
    expect(dockerSandbox({ ...told, running: undefined })).toMatchObject({ state: 'unknown', reason: 'probe-failed' });
    expect(dockerSandbox({ ...told, kubelet: kubelet('No Name'), running: running() })).toMatchObject({
      why: 'invalid',
    });
  });

  test('without a flag what runs tells, where it has one name', () => {
    const [id = ''] = images.uses.map(({ image }) => image);
    const one = {
      ...store,
      images: [{ ...store.images[0]!, id, names: [{ name: pause, digest: undefined, content: 'whole' as const }] }],
    };

    expect(dockerSandbox({ kubelet: kubelet(), running: running(), images, store: one })).toMatchObject({
      name: pause,
      from: 'running-sandboxes',
    });
    // On the node that was recorded it has four.
    expect(dockerSandbox({ kubelet: kubelet(), running: running(), images, store })).toMatchObject({ why: 'not-told' });
  });
});
