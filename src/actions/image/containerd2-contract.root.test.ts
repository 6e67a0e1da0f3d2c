import { beforeAll } from 'vitest';
import { buildModule } from '../../../testbed/go/go-module.ts';
import { containerd2 } from '../../../testbed/go/modules.ts';
import { nodeContract } from '../testing/node-contract.ts';
import { archiveFixture } from './testing/archive-fixture.ts';
import { fixture, ofContainerd, pulls } from './testing/fixture.ts';
import { servePulledImage } from './testing/serve-pulled-image.ts';

let programs = '';
beforeAll(async () => {
  programs = await buildModule(containerd2, { environment: process.env, report: () => undefined });
}, 300_000);

servePulledImage();
nodeContract(ofContainerd({ ...fixture, testCases: pulls }, () => programs));
// What it does of an archive as a whole is under test with CRI.
nodeContract({ ...ofContainerd(archiveFixture, () => programs), shells: [] });
