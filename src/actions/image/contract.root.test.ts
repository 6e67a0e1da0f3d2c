import { nodeContract } from '../testing/node-contract.ts';
import { fixture } from './testing/fixture.ts';
import { servePulledImage } from './testing/serve-pulled-image.ts';

servePulledImage();
nodeContract(fixture);
