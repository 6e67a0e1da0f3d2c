import { NodemendError } from '../../errors/nodemend-error.ts';

/** What can be wrong with an archive of images; each has its own words. */
export type ArchiveFault =
  | 'path'
  | 'link'
  | 'device'
  | 'twice'
  | 'ambiguous'
  | 'damaged'
  | 'truncated'
  | 'large'
  | 'tar'
  | 'compressed'
  | 'layout'
  | 'json'
  | 'missing'
  | 'size'
  | 'platform'
  | 'unnamed'
  | 'entries';

/** A path or a digest is no longer (NAME_MAX); what somebody put there instead is shown as far. */
const longest = 255;

/** An archive, or an image's content, that is not taken. @param what the entry, or the digest, that it is about */
export function archiveFault(context: ArchiveFault, what: string): NodemendError {
  return new NodemendError('IMAGE_ARCHIVE_INVALID', {
    context,
    what: what.length > longest ? `${what.slice(0, longest)}…` : what,
  });
}
