import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeBastion } from './bastion-contract.ts';
import { ConnectionFixture, type ConnectionHost } from './connection-fixture.ts';
import { describeHostKeys } from './host-key-contract.ts';
import { describeLogin } from './login-contract.ts';
import { withConnection } from './place.ts';
import { describeReach } from './reach-contract.ts';

/** How a transport that speaks SSH gets onto a node, and what it says when it does not. */
export function describeConnection(name: string, create: () => Promise<ConnectionHost>): void {
  describe(`a connection over ${name}`, () => {
    const fixture = new ConnectionFixture();
    beforeAll(async () => fixture.open(await create()));
    afterEach(() => fixture.tidy());
    afterAll(() => fixture.close());

    it('says who it is and which host key it saw', async () => {
      await withConnection(fixture.place(), (connection) => {
        const { exec: _exec, close: _close, ...facts } = connection;
        expect(facts).toEqual({
          node: 'node-1',
          kind: fixture.host.kind,
          user: 'root',
          hostKey: fixture.sshd.hostKeys[0]?.fingerprint,
        });
        return Promise.resolve();
      });
    });

    describeHostKeys(fixture);
    describeLogin(fixture);
    describeReach(fixture);
    describeBastion(fixture);
  });
}
