import { containerLogs } from './container-logs/problem.ts';
import { imagePull } from './image-pull/problem.ts';
import type { Problem } from './problem.ts';

/** Every problem nodemend knows, one line each. Nothing else names them. */
export const problems: readonly Problem[] = [containerLogs, imagePull];
