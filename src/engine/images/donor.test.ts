import { expect, test } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import { digestOf, json, someImage, somePlatform } from '../../images/archive/testing/some-image.ts';
import { donorContent, readBlob, type Donor } from './donor.ts';
import { Donors } from './donors.ts';

interface Answer {
  readonly out: string;
  readonly err?: string;
  /** The connection is lost then. */
  readonly lost?: true;
}

/** A fake of a node whose runtime gives these answers, one after the other, and notes from which byte on it was asked. */
function giving(answers: readonly Answer[], asked: string[] = [], name = 'worker-1'): Donor {
  const left = [...answers];
  const exec: NodeConnection['exec'] = ({ args, onStdout }) => {
    const { out, err = '', lost } = left.shift() ?? { out: '', err: 'asked too often' };
    asked.push(`${name} ${args[3]}`);
    onStdout?.(Buffer.from(out));
    if (lost) return Promise.reject(new NodemendError('SSH_CONNECTION_LOST', { node: name, address: '-', user: '-' }));
    const ended = { exitCode: 0, stdout: new Uint8Array(), truncated: false, privilege: 'root' } as const;
    return Promise.resolve({ ...ended, stderr: Buffer.from(err) });
  };
  const connection: NodeConnection = {
    node: name,
    kind: 'ssh',
    user: 'root',
    hostKey: undefined,
    exec,
    close: () => Promise.resolve(),
  };
  return { node: name, runtime: 'containerd', bandwidth: 0, connect: () => Promise.resolve(connection) };
}

const donorOf = (answers: readonly Answer[]): Donors => new Donors([giving(answers)]);

// printf abc | sha256sum
const digest = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('a blob that ends early is not read, in the words of the runtime', async () => {
  await expect(
    readBlob(donorOf([{ out: 'ab', err: 'ctr: not found' }]), { digest, size: 3 }, () => undefined),
  ).rejects.toMatchObject({
    code: 'IMAGE_NOT_READ',
    params: { node: 'worker-1', client: 'ctr', words: 'ctr: not found' },
  });
});

test('one of another content is damaged', async () => {
  await expect(
    readBlob(donorOf([{ out: 'abd', err: '' }]), { digest, size: 3 }, () => undefined),
  ).rejects.toMatchObject({ code: 'IMAGE_ARCHIVE_INVALID' });
  const read: string[] = [];
  await readBlob(donorOf([{ out: 'abc', err: '' }]), { digest, size: 3 }, (chunk) => read.push(String(chunk)));
  expect(read.join('')).toBe('abc');
});

test('where a donor is gone in the middle the next goes on where it was, and stays the one', async () => {
  const asked: string[] = [];
  const gone = giving(
    [
      { out: 'a', lost: true },
      { out: '', lost: true },
      { out: '', lost: true },
    ],
    asked,
  );
  const without = giving([{ out: '', err: 'ctr: not found' }], asked, 'worker-2');
  const donors = new Donors([gone, without, giving([{ out: 'bc' }, { out: 'abc' }], asked, 'worker-3')]);
  const read: string[] = [];
  for (const _ of [1, 2]) await readBlob(donors, { digest, size: 3 }, (chunk) => read.push(String(chunk)));
  expect(read.filter(Boolean)).toEqual(['a', 'bc', 'abc']);
  expect(asked).toEqual(['worker-1 0', 'worker-1 1', 'worker-1 1', 'worker-2 1', 'worker-3 1', 'worker-3 0']);
});

test('what one donor gave wrongly is not gone on with by another', async () => {
  const donors = new Donors([giving([{ out: 'abd' }]), giving([{ out: 'abc' }])]);
  await expect(readBlob(donors, { digest, size: 3 }, () => undefined)).rejects.toMatchObject({
    code: 'IMAGE_ARCHIVE_INVALID',
  });
});

test('of several that are gone the last one’s words are told', async () => {
  const donors = new Donors([giving([{ out: '', err: 'one' }]), giving([{ out: '', err: 'two' }], [], 'worker-2')]);
  await expect(readBlob(donors, { digest, size: 3 }, () => undefined)).rejects.toMatchObject({
    params: { node: 'worker-2', words: 'two' },
  });
});

// What is too much of it would be further entries of the archive.
test('a configuration of another length than its manifest says is not taken', async () => {
  const image = someImage('registry.k8s.io/pause:3.6');
  const config = String(image.blobs.get(image.id));
  const manifestOf = (size: number): string => {
    const written = JSON.parse(String(image.blobs.get(image.digest))) as { config: object };
    return String(json({ ...written, config: { ...written.config, size } }));
  };
  const contentAs = (size: number): ReturnType<typeof donorContent> => {
    const manifest = manifestOf(size);
    const donor = giving([{ out: manifest }, { out: config }]);
    return donorContent(donor, { digest: digestOf(Buffer.from(manifest)), platform: somePlatform });
  };
  expect((await contentAs(config.length)).content.config).toBe(image.id);
  for (const size of [0, config.length - 1, config.length + 1])
    await expect(contentAs(size)).rejects.toMatchObject({
      code: 'IMAGE_ARCHIVE_INVALID',
      params: { context: 'size', what: image.id },
    });
});
