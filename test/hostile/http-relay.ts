import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { createAuthority } from '../../src/kubernetes/testing/authority.ts';
import { startRecordingRelay, type RecordingRelay } from '../../testbed/control-plane/recording-relay.ts';
import type { HostileFixture } from './hostile-fixture.ts';

/** A relay that sees requests and answers, with a certificate of its own. Only tokens get through it. */
export interface HttpRelay {
  readonly relay: RecordingRelay;
  /** PEM; for the kubeconfig. */
  readonly ca: string;
}

export async function startHttpRelay({ status, admin }: HostileFixture): Promise<HttpRelay> {
  const kubeconfig = parse(readFileSync(status.folder.kubeconfig, 'utf8')) as {
    clusters: [{ cluster: { 'certificate-authority-data': string } }];
  };
  const certificate = Buffer.from(kubeconfig.clusters[0].cluster['certificate-authority-data'], 'base64').toString(
    'utf8',
  );
  const own = await createAuthority('relay');
  const relay = await startRecordingRelay({
    server: admin.server,
    authority: { ...own, certificate },
    tokens: new Map(),
  });
  return { relay, ca: own.certificate };
}
