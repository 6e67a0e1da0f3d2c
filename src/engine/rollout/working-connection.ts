import type { NodeConnection } from '../../transport/transport.ts';
import { connectTo, type RunSession } from './session.ts';

/** The connection to a node for all of its work: once it is lost, or the node was rebooted, another one takes its place. */
export class WorkingConnection {
  private readonly session: RunSession;
  private connection: NodeConnection;

  private constructor(session: RunSession, connection: NodeConnection) {
    this.session = session;
    this.connection = connection;
  }

  /** @throws NodemendError what `connectTo` throws */
  static async open(session: RunSession, node: string): Promise<WorkingConnection> {
    return new WorkingConnection(session, await connectTo(session, node));
  }

  get now(): NodeConnection {
    return this.connection;
  }

  /** @throws NodemendError what `connectTo` throws */
  async reconnect(): Promise<NodeConnection> {
    await this.close();
    this.connection = await connectTo(this.session, this.connection.node);
    return this.connection;
  }

  /** One that cannot be closed is gone. */
  async close(): Promise<void> {
    await this.connection.close().catch(() => undefined);
  }
}
