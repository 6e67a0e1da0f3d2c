import type { TlsTrust } from '../network/route.ts';
import type { Credentials } from './credentials.ts';
import type { Impersonation } from './kubeconfig-file.ts';

/** Everything a client needs to reach one cluster as one user; from a kubeconfig context or from inside a pod. */
export interface ClusterAccess {
  /** Context name; `in-cluster` inside a pod. */
  readonly context: string;
  /** May carry a path: Rancher serves clusters below `/k8s/clusters/<id>`. */
  readonly server: URL;
  readonly user: string;
  readonly tls: TlsTrust;
  /**
   * Whether answers may come compressed: a twentieth of the bytes over a VPN, at the API server's expense. Not from
   * inside the cluster, where its processor is dearer than the network.
   */
  readonly compress: boolean;
  /** The proxy that is used, from proxy-url or the environment. */
  readonly proxy: URL | undefined;
  readonly credentials: Credentials;
  readonly impersonate: Impersonation | undefined;
  /** Expiry of the client certificate in the kubeconfig; undefined where none is used. */
  readonly clientCertificateNotAfter: Date | undefined;
}
