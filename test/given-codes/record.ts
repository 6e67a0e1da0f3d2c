import { appendFileSync } from 'node:fs';
import { errorsMade, NodemendError } from '../../src/errors/nodemend-error.ts';
import { isOfProduct, madeIn } from './made-in.ts';

/**
 * A set-up file: writes down which codes the product's own code gives, for the check to compare with the catalogue. An
 * error that a test made itself, to show it, proves nothing.
 */
const file = process.env['NODEMEND_GIVEN_CODES'];
const known = new Set<string>();

if (file !== undefined) errorsMade.subscribe((error) => record(file, error));

function record(to: string, error: unknown): void {
  if (!(error instanceof NodemendError) || known.has(error.code) || !isOfProduct(madeIn(error.stack ?? ''))) return;
  known.add(error.code);
  appendFileSync(to, `${error.code}\n`);
}
