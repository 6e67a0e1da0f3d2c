import type { KernelMemoryInputs } from '../inputs.ts';

/** What a part of a user script is made with. */
export const inputsAtBootstrap: KernelMemoryInputs = {
  'boot-argument': { prevent: true, override: undefined, argumentOnly: false },
};
