/**
 * Loaded with `--import` into each process of the unit tests: Node imports the sources itself, as `scripts/with-node.sh`
 * has it do, and what it compiled of them for one test file is there for the next.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { userCache } from '../scripts/check/types-cache.ts';
import '../scripts/source-hooks.ts';

// Not by NODE_COMPILE_CACHE, which the programs under test would have as well.
enableCompileCache(join(userCache(), 'compiled-tests'));
