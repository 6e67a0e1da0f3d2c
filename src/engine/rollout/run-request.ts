import type { Archives } from '../../actions/image/archives.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { Timing } from '../../kubernetes/timing.ts';
import type { Problem } from '../../problems/problem.ts';
import type { NodeTarget, Transport } from '../../transport/transport.ts';
import type { JournalStore } from '../journal/journal-store.ts';
import type { RunEvent, RunOptions } from '../run.ts';
import type { Approve } from './cluster-objects/proposal.ts';

/** What every command that carries out or undoes a run needs. */
export interface RunDependencies {
  /** Absent with a hosts file: the locks on the nodes stand in for the lease then. */
  readonly api?: KubernetesApi;
  /** Where the Lease is that keeps two runs on one cluster apart; default `nodemend/nodemend-run`. */
  readonly lease?: { readonly namespace: string; readonly name: string };
  /** Absent when nobody asked to go onto nodes: enough for what changes objects of the API alone. */
  readonly transport?: Transport;
  readonly targets: readonly NodeTarget[];
  readonly journal: JournalStore;
  readonly problems: readonly Problem[];
  readonly options: RunOptions;
  readonly onEvent: (event: RunEvent) => void;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
  /** What a run is given beside its plan, by id of the action: no plan, journal or record holds it. */
  readonly secret?: (action: string) => string | undefined;
  /** Where images come from that are brought to nodes. */
  readonly archives?: Archives;
  /** Asked before an earlier run is taken up again; without it, what only the cluster's record says is refused. */
  readonly approve?: Approve;
  /** For tests; the system's clock without it. */
  readonly timing?: Timing;
}
