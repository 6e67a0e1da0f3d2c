import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ImageArchives } from '../../engine/images/image-archives.ts';
import { entriesOf, somePlatform, someImage, tarOf } from '../../images/archive/testing/some-image.ts';
import { planImport, type ImportRequest } from './plan-import.ts';
import { SessionArchives } from './session-archives.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = {
  folder,
  connect: () => Promise.reject(new Error('no node is asked')),
  bandwidth: 0,
  signal: new AbortController().signal,
};

/** Nothing of the session is touched before the file is right. */
function planned(file: string): Promise<unknown> {
  const opened = { transport: {}, archives: new SessionArchives(options) } as unknown as ImportRequest['opened'];
  const session = {
    findNodes: () => Promise.reject(new Error('no node is asked')),
  } as unknown as ImportRequest['session'];
  return planImport({ session, opened, file }, {} as Parameters<typeof planImport>[1]);
}

test('a file that is not there, and one that is not an archive', async () => {
  const absent = join(folder, 'absent.tar');
  await expect(planned(absent)).rejects.toMatchObject({
    code: 'IMAGE_FILE_UNREADABLE',
    message: `${absent} does not exist.`,
  });
  // Neither a device without an end nor a pipe without a writer is waited for.
  const pipe = join(folder, 'pipe.tar');
  execFileSync('mkfifo', [pipe]);
  for (const file of ['/dev/zero', pipe])
    await expect(planned(file)).rejects.toMatchObject({ code: 'IMAGE_FILE_UNREADABLE', params: { fault: 'EINVAL' } });
  const text = join(folder, 'text.tar');
  writeFileSync(text, 'no archive'.repeat(200));
  await expect(planned(text)).rejects.toMatchObject({ code: 'IMAGE_ARCHIVE_INVALID' });
});

test('a file that is another one than when it was planned is not sent', async () => {
  const image = someImage('example.test/a:1');
  const file = join(folder, 'image.tar');
  writeFileSync(file, await tarOf(entriesOf(image)));
  const archives = new ImageArchives(options);
  const source = { from: 'archive', of: { file, sha256: '0'.repeat(64) } } as const;
  const request = { image: image.name, digest: image.digest, platform: somePlatform, source, name: image.name };
  await expect(archives.open(request)).rejects.toMatchObject({
    code: 'IMAGE_FILE_CHANGED',
    params: { file, planned: '0'.repeat(64) },
  });
  await archives.close();
});
