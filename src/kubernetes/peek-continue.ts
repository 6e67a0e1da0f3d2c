/** The API server writes kind, apiVersion and metadata before the items; they are far shorter than this. */
const headBytes = 4096;

/**
 * The continue token of a list page without parsing the page, so that the next one can be asked for meanwhile. A guess
 * that the parsed page confirms or not: undefined is always a right answer.
 */
export function peekContinue(page: Uint8Array): string | undefined {
  const head = Buffer.from(page.buffer, page.byteOffset, Math.min(page.byteLength, headBytes)).toString('latin1');
  const beforeItems = head.slice(0, head.search(/"items"\s*:\s*\[/));
  // Tokens are base64url with dots or plain base64: nothing that JSON escapes.
  return /"metadata"\s*:\s*\{[^{}]*"continue"\s*:\s*"([\w.=+/-]+)"/.exec(beforeItems)?.[1];
}
