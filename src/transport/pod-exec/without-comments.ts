/** A script as it goes into a request's URL: its comments are for who reads the file. */
export function withoutComments(script: string): string {
  return script
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .join('\n');
}
