/** A DaemonSet as networks and agents bring it, on every node and of no use elsewhere: what it runs has to be on each. */
export const agentDaemonSet = (image: string): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: kube-system }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      priorityClassName: system-node-critical
      tolerations: [{ operator: Exists }]
      terminationGracePeriodSeconds: 1
      containers: [{ name: agent, image: '${image}', imagePullPolicy: IfNotPresent }]
`;
