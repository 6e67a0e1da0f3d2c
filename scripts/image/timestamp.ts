/**
 * The time that everything in an image gets, seconds since 1970: SOURCE_DATE_EPOCH
 * (reproducible-builds.org/specs/source-date-epoch), else 0, so that a commit which changes no file of the image makes
 * the same image.
 * @throws Error when it is no number
 */
export function imageTimestamp({ SOURCE_DATE_EPOCH: epoch }: NodeJS.ProcessEnv): number {
  if (!epoch) return 0;
  if (/^\d{1,10}$/.test(epoch)) return Number(epoch);
  throw new Error(`SOURCE_DATE_EPOCH is ${epoch}\n  next: set it to whole seconds since 1970`);
}
