/** Brings a lab up as a command does, and says how far it is; a test kills it somewhere on the way. */
import { labUp } from '../lab-up.ts';
import { daemonFromSources } from '../daemon-command.ts';

const [stateDir = '', nodes = '1'] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
await labUp({
  name: 'killed',
  stateDir,
  nodes: Number(nodes),
  daemon: daemonFromSources(),
  onProgress: ({ step, done }) => say(`${step} ${done}`),
});
say('ready');
setInterval(() => undefined, 1000);
