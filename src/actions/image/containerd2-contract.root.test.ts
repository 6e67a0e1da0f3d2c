import { beforeAll } from 'vitest';
import { buildModule } from '../../../testbed/go/go-module.ts';
import { containerd2 } from '../../../testbed/go/modules.ts';
import { nodeContract } from '../testing/node-contract.ts';
import { ofContainerd } from './testing/fixture.ts';
import { servePulledImage } from './testing/serve-pulled-image.ts';

let programs = '';
beforeAll(async () => {
  programs = await buildModule(containerd2, { environment: process.env, report: () => undefined });
}, 300_000);

servePulledImage();
nodeContract(ofContainerd(() => programs));
