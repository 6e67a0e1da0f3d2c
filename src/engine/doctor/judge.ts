import type { NodeAccess, NodeEvidence, Observed, SudoRefusal } from '../../evidence/evidence.ts';
import type { PodImages } from './pod-images.ts';
import type { RequiredAccess } from './required-access.ts';
import { roleManifest } from './role-manifest.ts';
import type { DoctorRow, DoctorText } from './row.ts';

/** What doctor found out about the API server; absent when there is none (`--hosts`). */
export interface ApiReport {
  readonly context: string;
  readonly server: string;
  readonly version: Observed<string>;
  /** Who the server says we are; undefined when it does not say (before Kubernetes 1.28). */
  readonly user: string | undefined;
  /** The kubeconfig's name for its user: its own word, not the server's. */
  readonly entry: string;
  /** RFC 3339; undefined when the kubeconfig has no client certificate. */
  readonly certificateNotAfter: string | undefined;
  readonly clockSkewMs: number | undefined;
  /** Undefined when the server could not be asked. */
  readonly access: Observed<readonly { readonly access: RequiredAccess; readonly allowed: boolean }[]>;
  readonly leaseNamespace: { readonly name: string; readonly state: Observed<'exists' | 'missing'> };
}

/** One try per node group: the node tried, and through what. */
export interface GroupReport {
  readonly group: string;
  readonly nodes: number;
  readonly tried: NodeEvidence;
  readonly user: string;
  readonly bastion?: string;
  /** What nodemend's pods are made from; absent where no image is configured for them, or the node was not reached. */
  readonly images?: Observed<PodImages>;
}

export interface DoctorReport {
  readonly now: Date;
  readonly api: Observed<ApiReport>;
  readonly groups: Observed<readonly GroupReport[]>;
}

/**
 * A certificate that ends within this is worth a warning: NKS kubeconfigs live for years and end in the middle of a
 * night.
 */
const certificateWarningDays = 30;
/** Stands in a manifest for a user whose name the server did not tell: whoever applies it has to know it. */
const unnamedUser = 'NAME-OF-THE-USER';
/** TLS and Lease handling tolerate little: two seconds is what NTP never exceeds on a healthy machine. */
const clockWarningMs = 2_000;
const dayMs = 86_400_000;

/** Turns what was found into rows. Pure. */
export function judgeDoctor(report: DoctorReport): readonly DoctorRow[] {
  const { api, groups } = report;
  // Without the server there is no list of nodes: the same error twice says no more than once.
  const sameError = api.state === 'unknown' && groups.state === 'unknown' && groups.detail === api.detail;
  return [...apiRows(report), ...(sameError ? [] : nodeRows(groups))];
}

function apiRows({ api, now }: DoctorReport): readonly DoctorRow[] {
  if (api.state === 'not-looked-at') {
    return [{ check: 'api-server', state: 'not-looked-at', text: text('api.none'), next: text('api.noneNext') }];
  }
  if (api.state === 'unknown') {
    // Without the server nothing else can be said about the cluster: one row, with the error's own next step.
    return [
      {
        check: 'api-server',
        state: 'fail',
        text: text('api.failed', { detail: api.detail }),
        next: text('api.failedNext'),
        ...errorOf(api),
      },
    ];
  }
  const { value } = api;
  return [
    serverRow(value),
    certificateRow(value, now),
    ...accessRows(value),
    namespaceRow(value),
    serverClockRow(value),
  ].filter((row) => row !== undefined);
}

function serverRow(api: ApiReport): DoctorRow {
  const params = { context: api.context, server: api.server, user: api.user ?? api.entry };
  if (api.version.state === 'seen') {
    return { check: 'api-server', state: 'ok', text: text('api.ok', { ...params, version: api.version.value }) };
  }
  return {
    check: 'api-server',
    state: 'unknown',
    text: text('api.noVersion', params),
    next: text('api.failedNext'),
    ...errorOf(api.version),
  };
}

function certificateRow(api: ApiReport, now: Date): DoctorRow | undefined {
  if (api.certificateNotAfter === undefined) return undefined;
  const days = Math.floor((Date.parse(api.certificateNotAfter) - now.getTime()) / dayMs);
  const params = { date: api.certificateNotAfter.slice(0, 10), count: days };
  if (days < 0)
    return {
      check: 'certificate',
      state: 'fail',
      text: text('certificate.expired', params),
      next: text('certificate.next'),
    };
  if (days < certificateWarningDays) {
    return {
      check: 'certificate',
      state: 'warn',
      text: text('certificate.soon', params),
      next: text('certificate.next'),
    };
  }
  return { check: 'certificate', state: 'ok', text: text('certificate.ok', params) };
}

function accessRows(api: ApiReport): readonly DoctorRow[] {
  if (api.access.state !== 'seen') {
    return [
      {
        check: 'rbac',
        state: 'unknown',
        text: text('rbac.unknown'),
        next: text('rbac.unknownNext'),
        ...errorOf(api.access),
      },
    ];
  }
  return [...Map.groupBy(api.access.value, ({ access }) => access.role)].map(([role, answers]) => {
    const missing = answers.filter(({ allowed }) => !allowed).map(({ access }) => access);
    if (missing.length === 0) return { check: 'rbac', subject: role, state: 'ok', text: text('rbac.ok', { role }) };
    const list = missing.map(accessText).join(', ');
    return {
      check: 'rbac',
      subject: role,
      // Reading is what everything stands on, and pods were asked for; the right to change is needed only by apply,
      // undo and resume.
      state: role === 'nodemend-change' ? 'warn' : 'fail',
      text: text('rbac.missing', { role, list }),
      next:
        api.user === undefined
          ? text('rbac.nextUnnamed', { placeholder: unnamedUser })
          : text('rbac.next', { user: api.user }),
      attachment: roleManifest(
        answers.map(({ access }) => access),
        api.user ?? unnamedUser,
      ),
    };
  });
}

function accessText({ verb, resource, subresource }: RequiredAccess): string {
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}

function namespaceRow({ leaseNamespace: { name, state } }: ApiReport): DoctorRow | undefined {
  if (state.state === 'seen' && state.value === 'exists') return undefined;
  if (state.state === 'seen') {
    return {
      check: 'lease-namespace',
      state: 'warn',
      text: text('namespace.missing', { name }),
      next: text('namespace.next', { name }),
    };
  }
  // The right to read this namespace object is not needed for leases in it: not seeing it is not a gap.
  return undefined;
}

function serverClockRow(api: ApiReport): DoctorRow | undefined {
  if (api.clockSkewMs === undefined) return undefined;
  return clockRow(api.clockSkewMs, api.server);
}

function clockRow(skewMs: number, subject: string): DoctorRow | undefined {
  // The Date header has whole seconds: one second more is not skew.
  if (Math.abs(skewMs) <= clockWarningMs) return undefined;
  const key = skewMs > 0 ? 'clock.ahead' : 'clock.behind';
  return {
    check: 'clock',
    subject,
    state: 'warn',
    text: text(key, { subject, seconds: Math.round(Math.abs(skewMs) / 1000) }),
    next: text('clock.next'),
  };
}

function nodeRows(groups: DoctorReport['groups']): readonly DoctorRow[] {
  if (groups.state === 'not-looked-at') {
    return [
      {
        check: 'access',
        state: 'not-looked-at',
        text: text('access.notLookedAt'),
        next: text('access.enable', { flag: groups.enable }),
      },
    ];
  }
  if (groups.state === 'unknown') {
    return [
      {
        check: 'access',
        state: 'unknown',
        text: text('access.noNodes', { detail: groups.detail }),
        next: text('access.noNodesNext'),
        ...errorOf(groups),
      },
    ];
  }
  return groups.value.flatMap(groupRows);
}

function groupRows(report: GroupReport): readonly DoctorRow[] {
  const { access, name } = report.tried;
  const params = {
    group: report.group,
    count: report.nodes,
    node: name,
    user: report.user,
    through: report.bastion ?? '-',
  };
  if (access.state === 'not-looked-at') {
    return [
      {
        check: 'access',
        subject: report.group,
        state: 'not-looked-at',
        text: text('access.notLookedAt'),
        next: text('access.enable', { flag: access.enable }),
      },
    ];
  }
  if (access.state === 'unknown') {
    const row: DoctorRow = {
      check: 'access',
      subject: report.group,
      state: 'fail',
      text: text('access.failed', { ...params, detail: access.detail }),
      next: text('access.failedNext'),
    };
    return [{ ...row, ...errorOf(access) }];
  }
  const how = report.bastion === undefined ? 'access.ok' : 'access.okThrough';
  const reached: DoctorRow = {
    check: 'access',
    subject: report.group,
    state: 'ok',
    text: text(how, { ...params, user: access.value.user, took: access.value.tookMs }),
  };
  return [
    reached,
    privilegeRow(report, access.value),
    imagesRow(report),
    clockRow(access.value.clockSkewMs, name),
  ].filter((row) => row !== undefined);
}

function privilegeRow(report: GroupReport, access: NodeAccess): DoctorRow | undefined {
  const params = { group: report.group, node: report.tried.name, user: access.user };
  if (access.privilege === 'root') return undefined;
  if (access.privilege === 'sudo')
    return { check: 'sudo', subject: report.group, state: 'ok', text: text('sudo.ok', params) };
  const refusal: SudoRefusal = access.sudo ?? 'failed';
  return {
    check: 'sudo',
    subject: report.group,
    state: 'fail',
    text: text(`sudo.${refusal}`, params),
    next: text(refusal === 'absent' ? 'sudo.absentNext' : 'sudo.next', params),
  };
}

/** Without them, and a registry that the node can pull from, SSH is the only way in. */
function imagesRow({ group, tried, images }: GroupReport): DoctorRow | undefined {
  if (images === undefined) return undefined;
  const row = { check: 'pod-images', subject: group } as const;
  if (images.state !== 'seen') {
    const { reason, detail } = images.state === 'unknown' ? images : { reason: images.enable, detail: images.enable };
    return {
      ...row,
      state: 'unknown',
      text: text('podImages.unknown', { group, node: tried.name, reason, detail }),
      next: text('podImages.unknownNext'),
      ...errorOf(images),
    };
  }
  const { needed, lacking } = images.value;
  return lacking.length === 0
    ? { ...row, state: 'ok', text: text('podImages.ok', { group, node: tried.name, images: needed.join(', ') }) }
    : {
        ...row,
        state: 'warn',
        text: text('podImages.lacking', { group, node: tried.name, images: lacking.join(', ') }),
        next: text('podImages.next'),
      };
}

function text(key: string, params: DoctorText['params'] = {}): DoctorText {
  return { key: `doctor.${key}`, params };
}

function errorOf(seen: Observed<unknown>): Pick<DoctorRow, 'error'> {
  return seen.state === 'unknown' && seen.error ? { error: seen.error } : {};
}
