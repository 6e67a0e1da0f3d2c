import { nodeContract } from '../testing/node-contract.ts';
import { archiveFixture } from './testing/archive-fixture.ts';

nodeContract(archiveFixture);
