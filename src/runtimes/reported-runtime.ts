import type { NodeEvidence } from '../evidence/evidence.ts';

/** `containerd` and `1.6.21` of `containerd://1.6.21`. */
export interface ReportedRuntime {
  readonly name: string;
  readonly version: string | undefined;
}

/** The container runtime that kubelet uses, as the Node object says; undefined without the API server. */
export function reportedRuntime({ api }: NodeEvidence): ReportedRuntime | undefined {
  const reported = api.state === 'seen' ? api.value.containerRuntimeVersion : '';
  const [, name = reported, version] = /^(.+?):\/\/v?(.*)$/u.exec(reported) ?? [];
  return reported === '' ? undefined : { name, version: version === '' ? undefined : version };
}
