import type { ExecRequest, ExecResult, NodeConnection, NodeTarget, Transport } from '../transport.ts';

/** A way to one user of one node. */
export interface Place {
  readonly transport: Transport;
  readonly target: NodeTarget;
}

export interface Answer extends Omit<ExecResult, 'stdout' | 'stderr'> {
  readonly stdout: string;
  readonly stderr: string;
}

/** What a case says of a script; the rest is the same for all. */
export type Ask = Partial<ExecRequest> & Pick<ExecRequest, 'script'>;

const usual: Omit<ExecRequest, 'script'> = { args: [], privilege: 'none', timeoutMs: 20_000, maxOutputBytes: 1 << 20 };

export async function withConnection<T>(
  { transport, target }: Place,
  work: (connection: NodeConnection) => Promise<T>,
): Promise<T> {
  const connection = await transport.connect(target, new AbortController().signal);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

export function askRaw(place: Place, ask: Ask): Promise<ExecResult> {
  return withConnection(place, (connection) => connection.exec({ ...usual, ...ask }));
}

/** Connects, runs one script, closes; outputs as Latin-1, in which every byte is a character. */
export async function ask(place: Place, request: Ask): Promise<Answer> {
  const result = await askRaw(place, request);
  return { ...result, stdout: latin1(result.stdout), stderr: latin1(result.stderr) };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
