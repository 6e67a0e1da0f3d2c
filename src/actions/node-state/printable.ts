// eslint-disable-next-line no-control-regex -- control characters are what it is about
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Words that came from a node, safe to print: without control characters that drive a terminal or turn text around.
 * Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll(controls, '\uFFFD');
}
