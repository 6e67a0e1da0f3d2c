import { request } from 'node:http';
import { NodemendError } from '../src/errors/nodemend-error.ts';
import { asError, type Failure } from './daemon/failure.ts';
import type { ControlRequest, ControlResult } from './daemon/control.ts';
import type { StateFolder } from './state-folder.ts';

/**
 * Asks a running lab.
 * @throws NodemendError LAB_NOT_UP when nobody answers, and what went wrong in the lab
 */
export function askLab<Kind extends ControlRequest['kind']>(
  folder: StateFolder,
  lab: string,
  question: ControlRequest & { readonly kind: Kind },
): Promise<ControlResult & { readonly kind: Kind }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: folder.control, method: 'POST', path: '/' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as ControlResult & { readonly kind: Kind });
        else reject(asError(JSON.parse(text) as Failure));
      });
    });
    outgoing.on('error', (cause) => reject(new NodemendError('LAB_NOT_UP', { name: lab }, { cause })));
    outgoing.end(JSON.stringify(question));
  });
}
