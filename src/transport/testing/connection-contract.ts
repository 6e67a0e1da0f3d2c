import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeBastion } from './bastion-contract.ts';
import { ConnectionScene, type ConnectionWorld } from './connection-scene.ts';
import { describeHostKeys } from './host-key-contract.ts';
import { describeLogin } from './login-contract.ts';
import { withConnection } from './place.ts';
import { describeReach } from './reach-contract.ts';

/** How a transport that speaks SSH gets onto a node, and what it says when it does not. */
export function describeConnection(name: string, create: () => Promise<ConnectionWorld>): void {
  describe(`a connection over ${name}`, () => {
    const scene = new ConnectionScene();
    beforeAll(async () => scene.open(await create()));
    afterEach(() => scene.tidy());
    afterAll(() => scene.close());

    it('says who it is and which host key it saw', async () => {
      await withConnection(scene.place(), (connection) => {
        const { exec: _exec, close: _close, ...facts } = connection;
        expect(facts).toEqual({
          node: 'node-1',
          kind: scene.world.kind,
          user: 'root',
          hostKey: scene.sshd.hostKeys[0]?.fingerprint,
        });
        return Promise.resolve();
      });
    });

    describeHostKeys(scene);
    describeLogin(scene);
    describeReach(scene);
    describeBastion(scene);
  });
}
