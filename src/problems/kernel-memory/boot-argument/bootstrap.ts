import bootState from '../../../grub/boot-state.sh?raw';
import generateConfig from '../../../grub/generate-config.sh?raw';
import type { Bootstrap } from '../../problem.ts';
import type { KernelMemoryInputs } from '../inputs.ts';
import script from './bootstrap.sh?raw';
import { nokmem } from './written.ts';

/** Only where it is asked for (`--prevent`), as on nodes that are there; whether a node needs it, it finds out by itself. */
export const bootstrap: Bootstrap<KernelMemoryInputs> = {
  script: `${bootState}\n${generateConfig}\n${script}`,
  content: ({ 'boot-argument': asked }) => asked && bootstrapWishes(asked.override),
};

/** For bootstrap.sh, a line each. */
export function bootstrapWishes(override?: string): string {
  const reason = override?.replaceAll(/\s+/gu, ' ');
  return [`argument ${nokmem.text}`, ...(reason === undefined ? [] : [`override ${reason}`])]
    .map((line) => `${line}\n`)
    .join('');
}
