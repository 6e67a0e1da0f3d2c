/**
 * A message as its words alone: lower case, one blank between words, quotes without the backslashes that each layer of
 * JSON, Go's %q or a log line puts before them. The runtimes of one failure differ in all of that, and people paste
 * what a screen broke.
 */
export function plainText(message: string): string {
  return message
    .replaceAll(/\\+u003c/gi, '<')
    .replaceAll(/\\+u003e/gi, '>')
    .replaceAll(/\\+u0026/gi, '&')
    .replaceAll(/\\+[nrt]/gi, ' ')
    .replaceAll(/\\+(["'])/g, '$1')
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
