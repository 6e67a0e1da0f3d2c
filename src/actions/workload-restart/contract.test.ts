import { objectContract } from '../testing/object-contract.ts';
import { fixture } from './testing/fixture.ts';

objectContract(fixture);
