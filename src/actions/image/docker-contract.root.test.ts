import { nodeContract } from '../testing/node-contract.ts';
import { dockerFixture } from './testing/docker-fixture.ts';
import { servePulledImage } from './testing/serve-pulled-image.ts';

servePulledImage();
nodeContract(dockerFixture);
