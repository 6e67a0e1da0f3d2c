import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { planFor } from '../../../test/chroot/rollout-fixture.ts';
import { fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';
import stage from '../../actions/file/exchange.sh?raw';

const makeFixture = fixtureMaker();

/** The lines of stage_file (exchange.sh) before which the node and the network die. */
const deaths = [
  'flush_file "$action/record.json.new"',
  'rm -f "$incoming"\n  note_staged',
  'set_phase "$action" staged',
  'rm -f "$temp"\n',
];

it.each(deaths)('nothing of a script that died before `%s` stays on a node after an undo', async (line) => {
  expect(stage).toContain(line);
  const fixture = makeFixture(['worker-1']);
  let gone = false;
  const transport = fixture.transport((connection) => ({
    ...connection,
    exec: async (request) => {
      if (gone) throw new NodemendError('SSH_CONNECTION_LOST', { node: connection.node });
      gone = request.script.includes(stage);
      const dying = stage.replace(line, () => `kill -9 $$\n${line}`);
      return connection.exec({ ...request, script: request.script.replace(stage, () => dying) });
    },
  }));
  const { run, locked } = await applyPlan({ ...fixture.dependencies({ transport }), plan: planFor(fixture.nodes) });
  expect(locked).toEqual(['worker-1']);

  const elsewhere = fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) });
  expect(await undoRun({ ...elsewhere, run })).toMatchObject({ verdict: 'done', locked: [] });

  expect(fixture.state()).toEqual(['worker-1 old']);
  const left = readdirSync(fixture.node('worker-1').path('/var/lib/nodemend'), { recursive: true });
  expect(left.filter((name) => /incoming|\.new$|lock/u.test(String(name)))).toEqual([]);
});
