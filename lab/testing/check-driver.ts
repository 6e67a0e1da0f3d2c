/** Looks at the machine as `lab up` does first, and prints the code and parameters of the error, or `fine`. */
import { isNodemendError } from '../../src/errors/nodemend-error.ts';
import { checkMachine, thisMachine } from '../preflight.ts';

try {
  await checkMachine(thisMachine());
  process.stdout.write('fine');
} catch (error) {
  process.stdout.write(
    isNodemendError(error) ? JSON.stringify({ code: error.code, params: error.params }) : String(error),
  );
}
