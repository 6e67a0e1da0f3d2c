/**
 * npm run redaction-rules: takes the rules of gitleaks, a Go module, and writes them as nodemend uses them into
 * src/evidence/redact/gitleaks/. Needs Go. Another release: change `release` and `sum`, run it, and read the diff.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { root } from './build/options.ts';
import { translate, type UpstreamRule } from './redaction-rules/translate.ts';

const module = 'github.com/zricethezav/gitleaks/v8';
const release = 'v8.30.1';
/** As go.sum has it: the hash of all files of the module. */
const sum = 'h1:PmEvCfVI7ti9dV3s5aMZUY7sS2GxRvG3yzih7E+cS3w=';

const downloaded = JSON.parse(
  execFileSync('go', ['mod', 'download', '-json', `${module}@${release}`], { encoding: 'utf8' }),
) as { readonly Dir: string; readonly Sum: string };
if (downloaded.Sum !== sum) {
  console.error(`${module} ${release} is not what is expected here\n  next: do not use this module proxy`);
  process.exit(1);
}
const { rules } = parse(readFileSync(join(downloaded.Dir, 'config/gitleaks.toml'), 'utf8')) as unknown as {
  readonly rules: readonly UpstreamRule[];
};
const target = join(root, 'src/evidence/redact/gitleaks');
const lines = rules.flatMap(translate).map((rule) => `  ${JSON.stringify(rule)}`);
writeFileSync(join(target, 'rules.json'), `[\n${lines.join(',\n')}\n]\n`);
copyFileSync(join(downloaded.Dir, 'LICENSE'), join(target, 'LICENSE'));
const manifest = { name: module, version: release.slice(1), license: 'MIT', files: ['config/gitleaks.toml'] };
writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`${lines.length} of ${rules.length} rules`);
