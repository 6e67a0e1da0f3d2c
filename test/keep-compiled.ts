import { flushCompileCache } from 'node:module';
import { afterAll } from 'vitest';

/** A set-up file: Node keeps what it compiled when it ends, and vitest ends it with a signal. */
afterAll(() => flushCompileCache());
