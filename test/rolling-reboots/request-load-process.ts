/**
 * Asks web servers all the time, in the network namespace that it is started in: `request-load.ts`, which tells it
 * whom, and is told every loss and, in the end, the counts.
 */
import { get } from 'node:http';

/** 25 requests a second. */
const betweenMs = 40;
/** No answer within it is a loss. */
const patienceMs = 2_000;

let addresses: readonly string[] = [];
let turn = 0;
let waiting = 0;
const answered: Record<string, number> = {};

function ask(address: string): void {
  waiting += 1;
  const ended = (why?: string): void => {
    waiting -= 1;
    if (why === undefined) answered[address] = (answered[address] ?? 0) + 1;
    else process.send?.({ lost: { at: new Date().toISOString(), address, why } });
  };
  get(`http://${address}/`, { agent: false, timeout: patienceMs }, (answer) => {
    answer.on('error', (error) => ended(error.message));
    answer.on('end', () => ended(answer.statusCode === 200 ? undefined : `status ${answer.statusCode}`));
    answer.resume();
  })
    .on('timeout', function (this: { readonly destroy: (error: Error) => void }) {
      this.destroy(new Error(`no answer in ${patienceMs} ms`));
    })
    .on('error', (error) => ended(error.message));
}

const asking = setInterval(() => {
  const address = addresses[turn++ % Math.max(addresses.length, 1)];
  if (address === undefined)
    process.send?.({ lost: { at: new Date().toISOString(), address: '', why: 'nobody is ready' } });
  else ask(address);
}, betweenMs);

process.on('message', (told: { readonly addresses: readonly string[] } | 'stop') => {
  if (told !== 'stop') {
    ({ addresses } = told);
    return;
  }
  clearInterval(asking);
  const whenDone = setInterval(() => {
    if (waiting > 0) return;
    clearInterval(whenDone);
    process.send?.({ answered }, () => process.disconnect());
  }, 10);
});
process.on('disconnect', () => process.exit());
