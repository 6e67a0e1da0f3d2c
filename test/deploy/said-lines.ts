import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterEvidence, Evidence } from '../../src/evidence/evidence.ts';
import type { CommandResult } from '../end-to-end/operator.ts';
import type { Holder } from './role-fixture.ts';

/**
 * What a command says, one line for each part of it: what it is about, its state, and where it is unknown or refused by
 * which error and for want of what. Nothing that changes by itself, such as a time, is in it.
 */
export type Lines = readonly string[];

/** What is no longer said, and what is said instead; sorted. */
export function difference(before: Lines, now: Lines): Lines {
  const [lost, found] = [before.filter((line) => !now.includes(line)), now.filter((line) => !before.includes(line))];
  return [...lost.map((line) => `- ${line}`), ...found.map((line) => `+ ${line}`)].toSorted();
}

export async function doctorLines(holder: Holder, ...args: readonly string[]): Promise<Lines> {
  const { stdout } = await holder.run('doctor', '-o', 'json', ...args);
  const { rows } = JSON.parse(stdout) as { readonly rows: readonly DoctorRow[] };
  return rows.map(({ check, subject, state, text, error }) =>
    words('doctor', check, subject, state, text.params['list'], ...wordsOf(error)),
  );
}

export async function bundleLines(holder: Holder, ...args: readonly string[]): Promise<Lines> {
  const file = `${randomUUID()}.json`;
  const result = await holder.run('bundle', '--out', file, ...args);
  const path = join(holder.operator.folder, file);
  if (!existsSync(path)) return [`bundle ${outcome(result)}`];
  const { cluster, nodes } = JSON.parse(readFileSync(path, 'utf8')) as Evidence;
  const parts = cluster.state === 'seen' ? clusterLines(cluster.value) : [said('cluster', cluster)];
  return [
    ...parts,
    ...nodes.flatMap(({ name, api, access, sections }) => [
      said(`${name} api`, api),
      said(`${name} access`, access),
      ...Object.entries(sections).map(([section, seen]) => said(`${name} ${section}`, seen)),
    ]),
  ];
}

function clusterLines({ uid, version, pods, events, workloads, volumes, upgrade, calico }: ClusterEvidence): Lines {
  const read = Object.entries({ uid, version, pods, events }).flatMap(([name, seen]) =>
    seen ? [said(name, seen)] : [],
  );
  const { claims, volumes: persistent, attachments, drivers } = volumes ?? {};
  const ofVolumes = Object.entries({
    persistentvolumeclaims: claims,
    persistentvolumes: persistent,
    volumeattachments: attachments,
    csidrivers: drivers,
  });
  const { roles, apiServices, budgets } = upgrade ?? {};
  const ofUpgrade = Object.entries({ roles, apiservices: apiServices, poddisruptionbudgets: budgets });
  const { felix, endpoint, nodeEvents } = calico ?? {};
  const ofCalico = Object.entries({ felixconfigurations: felix, configmaps: endpoint, 'events-of-nodes': nodeEvents });
  return [
    ...read,
    ...(workloads?.builtIn ?? []).map(({ resource, objects }) => said(resource, objects)),
    ...[...ofVolumes, ...ofUpgrade, ...ofCalico].flatMap(([resource, seen]) => (seen ? [said(resource, seen)] : [])),
  ];
}

/** A whole change and its undo, as far as they come. */
export async function applyLines(holder: Holder): Promise<Lines> {
  const before = holder.operator.runs();
  const applied = await holder.run('apply', 'container-logs', '--yes', '--soak', '0');
  const id = holder.operator.runs().find((one) => !before.includes(one));
  if (applied.exitCode !== 0 || id === undefined) return [`apply ${outcome(applied)}`];
  return ['apply 0', `undo ${outcome(await holder.run('undo', id, '--yes'))}`];
}

/** The exit code, and of an error its code and what it was refused. */
function outcome({ exitCode, stderr }: CommandResult): string {
  const text = stderr.replaceAll(/\s+/g, ' ');
  return words(String(exitCode), /\[([A-Z_]+)\]/.exec(text)?.[1], /cannot (.*?) \(403\)/.exec(text)?.[1]);
}

interface ErrorWords {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface DoctorRow {
  readonly check: string;
  readonly subject?: string;
  readonly state: string;
  readonly text: { readonly params: Readonly<Record<string, string | undefined>> };
  readonly error?: ErrorWords;
}

function said(
  name: string,
  seen: { readonly state: string; readonly reason?: string; readonly error?: ErrorWords },
): string {
  return words('bundle', name, seen.state, seen.reason, ...wordsOf(seen.error));
}

function wordsOf(error: ErrorWords | undefined): readonly (string | undefined)[] {
  const { verb, resource } = (error?.params ?? {}) as { readonly verb?: string; readonly resource?: string };
  return [error?.code, verb, resource];
}

function words(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}
