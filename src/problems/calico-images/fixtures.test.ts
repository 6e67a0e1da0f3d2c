import { describeFixtures } from '../testing/describe-fixtures.ts';
import { diagnose } from './diagnose.ts';
import { problemId } from './meta.ts';
import { states } from './testing/fixture-states.ts';

describeFixtures(problemId, states, diagnose);
