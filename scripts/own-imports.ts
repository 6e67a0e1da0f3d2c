/**
 * Loaded with `--import` into each process of the tests, and into each daemon that runs from the sources: Node imports
 * them itself, as `with-node.sh` has it do, and what it compiled of them for one process is there for the next. It writes
 * that down when a process ends; one that ends by a signal has to ask for it before (`flushCompileCache`).
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { userCache } from './check/types-cache.ts';
import './source-hooks.ts';

// Not by NODE_COMPILE_CACHE, which the programs under test would have as well.
enableCompileCache(join(userCache(), 'compiled-tests'));
