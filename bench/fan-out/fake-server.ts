/**
 * A fake SSH server: ssh2's own. It lets everybody in and answers every command as launch.sh and a script that prints
 * nothing would. Arguments: file with its host key. Prints its port. Ends with standard input.
 */
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';

const [, , hostKeyFile = ''] = process.argv;
const server = new ssh2.Server({ hostKeys: [readFileSync(hostKeyFile)] }, (client) => {
  client.on('error', () => undefined);
  client.on('authentication', (context) => context.accept());
  client.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, { command }) => {
      const marker = / nodemend ([0-9a-f]{32}) /.exec(command)?.[1] ?? '';
      const channel = acceptExec();
      channel.resume();
      const said = `\n${marker}:start:root:1\n\n${marker}:end:0:root\n`;
      channel.write(said);
      channel.stderr.write(said);
      channel.exit(0);
      channel.end();
    });
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as { readonly port: number }).port}\n`));
process.stdin.on('end', () => process.exit()).resume();
