import { nodeContract } from '../testing/node-contract.ts';
import { fixture } from './testing/fixture.ts';

nodeContract(fixture);
