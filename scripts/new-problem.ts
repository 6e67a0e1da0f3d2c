/**
 * Starts a new problem: new-problem.ts ID. Makes src/problems/ID/ out of `new-problem/template/` and adds its line to
 * src/problems/list.ts. What it makes is complete and passes the tests; then it is yours to change (CONTRIBUTING.md).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build/options.ts';
import { isProblemId, makeProblem } from './new-problem/make-problem.ts';

const [id = ''] = process.argv.slice(2);
if (!isProblemId(id)) {
  console.error(
    'usage: new-problem.ts ID\n  next: name it in lower case with hyphens, as users will type it: stale-mounts',
  );
  process.exit(2);
}
if (existsSync(join(root, 'src/problems', id))) {
  console.error(`src/problems/${id} is there already\n  next: change it, or choose another id`);
  process.exit(2);
}
for (const path of makeProblem(root, id)) console.log(path);
console.log(`\nnext: npm test; then change src/problems/${id}/probe.sh to read what you need`);
