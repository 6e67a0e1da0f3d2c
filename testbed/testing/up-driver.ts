/** Brings a testbed up as a command does; a test kills it somewhere on the way. */
import { testbedUp } from '../testbed-up.ts';

await testbedUp({ name: 'killed', stateDir: process.argv[2] ?? '', containerd: 1, docker: 0, report: (line) => console.error(line) });
process.stdout.write('ready\n');
setInterval(() => undefined, 1000);
