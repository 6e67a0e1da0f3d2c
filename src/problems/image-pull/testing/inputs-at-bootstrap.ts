import type { ImagePullInputs } from '../inputs.ts';

export const inputsAtBootstrap: ImagePullInputs = {
  mirror: [{ registry: 'docker.io', url: 'https://mirror.example', host: 'mirror.example', path: '', isOnly: false }],
};
