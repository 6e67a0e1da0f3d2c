import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { planFor } from '../../../test/chroot/rollout-scene.ts';
import { sceneMaker } from '../../../test/chroot/rollout-scenes.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';

const makeScene = sceneMaker();

/** The lines of stage.sh before which the node and the network die. */
const deaths = [
  'flush_file "$action/record.json.new"',
  'rm -f "$incoming"\nif',
  'set_phase "$action" staged',
  'rm -f "$temp"\n',
];

it.each(deaths)('nothing of a script that died before `%s` stays on a node after an undo', async (line) => {
  const scene = makeScene(['worker-1']);
  let gone = false;
  const transport = scene.transport((connection) => ({
    ...connection,
    exec: async (request) => {
      if (gone) throw new NodemendError('SSH_CONNECTION_LOST', { node: connection.node });
      gone = request.script.includes(line);
      return connection.exec({ ...request, script: request.script.replace(line, () => `kill -9 $$\n${line}`) });
    },
  }));
  const { run, locked } = await applyPlan({ ...scene.world({ transport }), plan: planFor(scene.nodes) });
  expect(locked).toEqual(['worker-1']);

  const elsewhere = scene.world({ journal: scene.journal(scene.newFolder()) });
  expect(await undoRun({ ...elsewhere, run })).toMatchObject({ verdict: 'done', locked: [] });

  expect(scene.state()).toEqual(['worker-1 old']);
  const left = readdirSync(scene.node('worker-1').path('/var/lib/nodemend'), { recursive: true });
  expect(left.filter((name) => /incoming|\.new$|lock/u.test(String(name)))).toEqual([]);
});
