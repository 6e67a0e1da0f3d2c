/** Shown in the reference; a test reads them as users' files are read. */
export const configurationExample = `context: nks_prod
language: ko
via: ssh

ssh:
  identityFiles: [~/.ssh/nks]
  bastion:
    host: bastion.example.com
    user: ops
  hostKeys: strict
  connectTimeoutSeconds: 10

nodeGroups:
  - name: default-worker
    user: rocky
  - name: gpu
    nodes: prod-gpu-node-[0-7]
    user: ubuntu
    identityFiles: [~/.ssh/gpu]
  - name: edge
    bastion: false

rollout:
  canary: 1
  batches: [10%, 100%]
  maxUnavailable: 10%
  soakSeconds: 60

rateLimit:
  tiers:
    - name: our plan
      pulls: unlimited
`;

export const hostLinesExample = `# name       address        settings
worker-1     10.0.0.11      user=rocky
edge-1       203.0.113.7    user=ubuntu port=2222 identity=~/.ssh/edge

[gpu]
gpu-[01-08]  10.0.1.[1-8]
`;

export const hostsYamlExample = `hosts:
  - name: worker-[1-3]
    address: 10.0.0.[11-13]
    user: rocky
    group: default-worker
    bastion:
      host: bastion.example.com
      user: ops
`;
