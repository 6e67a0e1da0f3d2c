/** One sshd, and who it is for people: a node, or the bastion on the way to nodes. */
export interface Endpoint {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
}
