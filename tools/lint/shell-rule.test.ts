import { shellRule } from './shell-rule.ts';
import { testRule } from './tester.ts';

const built = 'a shell script is put together from values; use a file, and pass values as arguments or input';

testRule('house/no-string-built-shell', shellRule, {
  valid: [
    [
      'src/actions/file/apply.ts',
      `import text from './apply.sh?raw'; connection.exec({ script: text, args: [path] });`,
    ],
    ['src/actions/file/apply.ts', `const text = 'id -u'; connection.exec({ script: text });`],
    ['src/actions/file/apply.ts', 'connection.exec({ script: `set -e\nid -u` });'],
    [
      'src/actions/file/apply.ts',
      'import prelude from "./prelude.sh?raw"; connection.exec({ script: `${prelude}\n${call.script}` });',
    ],
    [
      'src/actions/file/apply.ts',
      `import prelude from './prelude.sh?raw'; connection.exec({ script: [prelude, script].join('\\n') });`,
    ],
    [
      'src/transport/local/run.ts',
      `import { spawn } from 'node:child_process'; spawn('sh', ['-s'], { shell: false });`,
    ],
    ['src/actions/file/apply.test.ts', 'connection.exec({ script: `rm ${path}` });'],
  ],
  invalid: [
    ['src/actions/file/apply.ts', 'connection.exec({ script: `rm ${path}` });', built],
    ['src/actions/file/apply.ts', `connection.exec({ script: 'rm ' + path });`, built],
    ['src/actions/file/apply.ts', `connection.exec({ script: text.replace('@path@', path) });`, built],
    ['src/actions/file/apply.ts', `connection.exec({ script: ['rm', path].join(' ') });`, built],
    [
      'src/actions/file/apply.ts',
      'import prelude from "./prelude.sh?raw"; connection.exec({ script: `${prelude}\n${path}` });',
      built,
    ],
    ['src/actions/file/apply.ts', `connection.exec({ script: [call.script, path].join(' ') });`, built],
    [
      'src/actions/file/apply.ts',
      'function run(path) { const text = `rm ${path}`; return connection.exec({ script: text }); }',
      built,
    ],
    ['src/actions/file/apply.ts', 'const script = `rm ${path}`; connection.exec({ script });', built],
    [
      'lab/up.ts',
      `spawn('mount', [], { shell: true });`,
      'no shell between nodemend and a program: pass an argument list',
    ],
    ['lab/up.ts', `import { exec } from 'node:child_process';`, 'exec runs its text in a shell; use spawn or execFile'],
  ],
});
