import { NodemendError } from '../../../errors/nodemend-error.ts';
import { remedyInputs } from '../../inputs.ts';
import { readImageList, type SeededImage } from './image-list.ts';

/** The images that new nodes are given, from a file of the user's. */
export const newNodesInputs = remedyInputs({
  options: { 'base-images-file': { kind: 'file' } },
  atBootstrap: 'alone',
  read: ({ 'base-images-file': file }): readonly SeededImage[] | undefined => {
    if (file === undefined) return undefined;
    if ('fault' in file)
      throw new NodemendError('IMAGE_LIST_INVALID', { context: 'unreadable', path: file.name, fault: file.fault });
    const images = readImageList(file.text);
    if ('fault' in images)
      throw new NodemendError('IMAGE_LIST_INVALID', {
        context: images.fault,
        path: file.name,
        line: images.line,
        value: images.written,
      });
    if (images.length === 0) throw new NodemendError('IMAGE_LIST_INVALID', { context: 'empty', path: file.name });
    return images;
  },
});
