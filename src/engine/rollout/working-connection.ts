import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { apiPath } from '../../kubernetes/api-path.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import { connectTo, type Reach, type RunSession } from './session.ts';

type ReachAndCluster = Reach & Pick<RunSession, 'api'>;

/** The connection to a node for all of its work: once it is lost, or the node was rebooted, another one takes its place. */
export class WorkingConnection {
  private readonly session: ReachAndCluster;
  private connection: NodeConnection;

  private constructor(session: ReachAndCluster, connection: NodeConnection) {
    this.session = session;
    this.connection = connection;
  }

  /** @throws NodemendError what `connectTo` throws */
  static async open(session: ReachAndCluster, node: string): Promise<WorkingConnection> {
    return new WorkingConnection(session, await connectTo(session, node));
  }

  get now(): NodeConnection {
    return this.connection;
  }

  /**
   * A node that does not answer may be none of the cluster's any more: who waits for it is told.
   * @throws NodemendError what `connectTo` throws; PLAN_STALE for a node that was deleted
   */
  async reconnect(): Promise<NodeConnection> {
    await this.close();
    const { node } = this.connection;
    try {
      this.connection = await connectTo(this.session, node);
    } catch (error) {
      if (await isDeleted(this.session, node)) throw new NodemendError('PLAN_STALE', { what: `${node}: node-gone` });
      throw error;
    }
    return this.connection;
  }

  /** One that cannot be closed is gone. */
  async close(): Promise<void> {
    await this.connection.close().catch(() => undefined);
  }
}

/** False where there is no API server, or it cannot be asked. */
async function isDeleted({ api }: ReachAndCluster, node: string): Promise<boolean> {
  try {
    await api?.get(apiPath({ group: '', version: 'v1', resource: 'nodes', name: node }), () => undefined);
    return false;
  } catch (error) {
    return isNodemendError(error) && error.code === 'API_NOT_FOUND';
  }
}
