import { expect, test } from 'vitest';
import type { NodeConnection } from '../../transport/transport.ts';
import { readBlob, type Donor } from './donor.ts';

/** A fake of a node whose runtime gives these answers, one after the other. */
function donorOf(answers: readonly { readonly out: string; readonly err: string }[]): Donor {
  const left = [...answers];
  const exec: NodeConnection['exec'] = ({ onStdout }) => {
    const { out, err } = left.shift() ?? { out: '', err: 'asked too often' };
    onStdout?.(Buffer.from(out));
    const ended = { exitCode: 0, stdout: new Uint8Array(), truncated: false, privilege: 'root' } as const;
    return Promise.resolve({ ...ended, stderr: Buffer.from(err) });
  };
  const connection: NodeConnection = {
    node: 'worker-1',
    kind: 'ssh',
    user: 'root',
    hostKey: undefined,
    exec,
    close: () => Promise.resolve(),
  };
  return { node: 'worker-1', runtime: 'containerd', bandwidth: 0, connect: () => Promise.resolve(connection) };
}

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
