/** Whether this is `npm test`, which must be done in a minute; everything else has all runs. */
export const quick: boolean = process.env['NODEMEND_TEST_QUICK'] === 'true';

/** How often a property is tried that needs many tries to find what it looks for. */
export function runs(all: number): number {
  return quick ? Math.ceil(all / 10) : all;
}
