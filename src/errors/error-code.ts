import { catalogue, type ErrorCode } from './catalogue.ts';

/** Whether a text, for example one from a bundle, is a code of this version. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(catalogue, text);
}
