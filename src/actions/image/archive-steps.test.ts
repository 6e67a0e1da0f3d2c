import { expect, test } from 'vitest';
import type { ActionContext } from '../action.ts';
import { archiveSteps } from './archive-steps.ts';
import type { ArchiveSource } from './image-action.ts';
import { someImage } from './testing/some-image.ts';

test('a run that has no way to the archive says so before anything is sent', async () => {
  const source: ArchiveSource = { from: 'archive', of: { node: 'worker-2', runtime: 'containerd' } };
  const [receive] = archiveSteps({ ...someImage({ bytes: 300 }), source });
  const context = {
    signal: new AbortController().signal,
    connection: { node: 'worker-1' },
    run: '20261130-1200-images-0000',
  } as unknown as ActionContext;
  await expect(receive?.perform(context)).rejects.toMatchObject({
    code: 'IMAGE_SOURCE_AWAY',
    params: { node: 'worker-1' },
  });
});
