/**
 * Makes a picture of a real run: terminal-picture.ts OUT.svg [--columns 80] [--rows 24] -- COMMAND [ARGUMENT…] [,
 * COMMAND …] The commands run one after the other on one terminal (tmux has to be installed); `,` stands between them.
 * What the picture shows as typed is the command itself, `nodemend` being this checkout's.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './build/options.ts';
import { captureScreen } from './picture/capture-screen.ts';
import { terminalSvg } from './picture/terminal-svg.ts';

const { values, positionals } = parseArgs({
  options: { columns: { type: 'string', default: '80' }, rows: { type: 'string', default: '24' } },
  allowPositionals: true,
});
const [out, ...words] = positionals;
if (out === undefined || words.length === 0) {
  console.error('usage: terminal-picture.ts OUT.svg [--columns 80] [--rows 24] -- COMMAND [ARGUMENT…] [, COMMAND …]');
  process.exit(2);
}
const size = { columns: Number(values.columns), rows: Number(values.rows) };
const commands = words.join(' ').split(' , ');
const script = commands.map((command) => `printf '\\033[1m$ %s\\033[0m\\n' ${quoted(command)}; ${command}`).join('\n');
const environment = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}`, NO_COLOR: undefined };

const lines = captureScreen(script, size, environment);
mkdirSync(dirname(join(root, out)), { recursive: true });
writeFileSync(join(root, out), terminalSvg(lines, size.columns, commands.join('; ')));

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
