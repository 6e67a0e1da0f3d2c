import { synchronisedEntries } from '../../app/problems/synchronised.ts';

/**
 * Three of each command, as they are typed behind `nodemend`. `<problem>` is one that keeps a file the same on all
 * nodes, and `<fault>` one of its faults; its own commands have theirs.
 */
const byCommand: Readonly<Record<string, readonly [string, string, string]>> = {
  '': ['doctor', 'diagnose --via ssh', 'explain ImagePullBackOff'],
  doctor: ['doctor', 'doctor --via ssh', 'doctor --context prod -o json'],
  diagnose: [
    'diagnose --via ssh',
    'diagnose --via ssh -n shop --watch',
    `diagnose --via ssh -o jsonpath='{.findings[*].rule}'`,
  ],
  explain: ['explain <problem>', 'explain ImagePullBackOff', 'explain SSH_AUTH_FAILED'],
  plan: ['plan --via ssh', 'plan <problem> --via ssh --nodes worker-[1-9]', 'plan --via ssh --out plan.json'],
  apply: [
    'apply <problem> --via ssh',
    'apply ./plan.json',
    'apply <problem> --via ssh --batches 1,10%,100% --yes -o json',
  ],
  verify: ['verify', 'verify 20261124-0931-container-logs-7f3a91 --via ssh', 'verify --via ssh -o name'],
  undo: [
    'undo',
    'undo 20261124-0931-container-logs-7f3a91 --via ssh',
    'undo 20261124-0931-container-logs-7f3a91 --via ssh --nodes worker-3',
  ],
  resume: [
    'resume',
    'resume 20261124-0931-container-logs-7f3a91 --via ssh',
    'resume 20261124-0931-container-logs-7f3a91 --plan plan.json',
  ],
  history: ['history', 'history --from-nodes --via ssh', 'history -o name'],
  prune: ['prune --via ssh', 'prune --via ssh --older-than 90', 'prune --via ssh --allow discard --yes'],
  'force-unlock': [
    'force-unlock 20261124-0931-container-logs-7f3a91',
    'force-unlock 20261124-0931-container-logs-7f3a91 --context prod',
    'force-unlock 20261124-0931-container-logs-7f3a91 --kubeconfig prod.yaml',
  ],
  '<problem>': [
    '<problem> diff --via ssh',
    '<problem> diff --via ssh --from file',
    '<problem> sync --via ssh --from file',
  ],
  '<problem> diff': [
    '<problem> diff --via ssh',
    '<problem> diff --via ssh --from file -o json',
    '<problem> diff --bundle bundle.json',
  ],
  '<problem> sync': [
    '<problem> sync --via ssh --from file',
    '<problem> sync --via ssh --from file --nodes worker-[1-3]',
    '<problem> sync --via ssh --from file --batches 1,10%,100% --yes',
  ],
  bundle: [
    'bundle --via ssh --out bundle.json.gz',
    'bundle --via ssh --only <problem> --out logs.json',
    'bundle -n shop --out shop.json',
  ],
  images: ['images list --via ssh', 'images list --via ssh -o wide', 'images list --bundle bundle.json'],
  'images list': [
    'images list --via ssh',
    'images list --via ssh --nodes worker-[1-9] --all -o wide',
    `images list --via ssh -o jsonpath='{.nodes[*].name}'`,
  ],
  'images export': [
    'images export registry.k8s.io/pause:3.9 --out pause.tar --from worker-1 --via ssh',
    'images export registry.k8s.io/pause:3.9 registry.k8s.io/kube-proxy:v1.33.4 --out base.tar --via ssh',
    'images export registry.k8s.io/pause:3.9 --out pause.tar --via ssh --bandwidth 20M',
  ],
  'images import': [
    'images import base.tar --via ssh --nodes worker-[2-9]',
    'images import base.tar --via ssh --dry-run',
    'images import base.tar --hosts hosts.txt',
  ],
  'images reseed': [
    'images reseed registry.k8s.io/pause:3.9 --from worker-1 --via ssh --nodes worker-[2-9]',
    'images reseed registry.k8s.io/pause:3.9 registry.k8s.io/kube-proxy:v1.33.4 --from worker-1 --via ssh --dry-run',
    'images reseed registry.k8s.io/pause:3.9 --from worker-1 --via ssh --bandwidth 20M',
  ],
  'images pin': [
    'images pin --via ssh --dry-run',
    'images pin registry.k8s.io/pause:3.9 --via ssh --nodes worker-[1-9]',
    'images pin --unpin registry.k8s.io/pause:3.6 --via ssh',
  ],
  'images restore': [
    'images restore --via ssh --dry-run',
    'images restore registry.k8s.io/pause:3.9 --via ssh --nodes worker-[1-9] --from registry.k8s.io=registry.example.com/k8s',
    'images restore --for-version 1.34.3 --via ssh --out images.json',
  ],
  'pull-secret': [
    'pull-secret --registry ghcr.io --name ghcr -n shop --username kim',
    'pull-secret --registry ghcr.io --name ghcr -n shop,team --service-account default --username kim --password-stdin',
    'pull-secret --registry docker.io --name hub -n shop --credential-helper pass',
  ],
  'rate-limit': [
    'rate-limit --via ssh',
    'rate-limit --via ssh --pulls --use-secrets shop',
    'rate-limit --via ssh --what-if deployment/web=50 -n shop',
  ],
  rewrite: ['rewrite k8s/', 'rewrite --check --strict .', 'rewrite --write --verify k8s/ charts/'],
  'boot-argument': [
    'boot-argument --add cgroup.memory=nokmem /etc/default/grub',
    'boot-argument --add cgroup.memory=nokmem --check ./grub',
    'boot-argument --remove cgroup.memory=nokmem --write ./grub',
  ],
  reboot: [
    'reboot --node-group default-worker --if-required --via ssh --dry-run',
    `reboot --nodes worker-[1-3] --via ssh --allow reboot --reason 'kernel update'`,
    'reboot -l pool=web --if-required --via ssh --out reboot.json',
  ],
  'admission-policy': [
    'admission-policy --out policy.yaml',
    'admission-policy --apply',
    'admission-policy --apply --allow deny --except-namespace legacy',
  ],
  'user-script': [
    'user-script',
    'user-script <problem> --from docker.logrotate',
    'user-script --prevent --out user-script.sh --image-builder image.sh',
  ],
  schedule: ['schedule install --as systemd -- diagnose --via ssh', 'schedule status', 'schedule remove diagnose'],
  'schedule install': [
    'schedule install --as systemd -- diagnose --via ssh',
    'schedule install --as cron --every hour --name logs -- diagnose <problem> --via ssh',
    'schedule install --as cronjob --at 03:30 --out cronjob.yaml -- diagnose',
  ],
  'schedule status': ['schedule status', 'schedule status logs', 'schedule status --context prod -o json'],
  'schedule run': ['schedule run logs', 'schedule run logs --if-due', 'schedule run ./schedule.json'],
  'schedule remove': ['schedule remove logs', 'schedule remove logs --discard-edits', 'schedule remove logs --lang ko'],
  lab: ['lab up', 'lab break <problem>', 'lab down'],
  'lab up': ['lab up', 'lab up --nodes 10', 'lab up --name second'],
  'lab status': ['lab status', 'lab status --name second', 'lab status --lang ko'],
  'lab break': ['lab break <problem>', 'lab break <problem> --fault <fault>', 'lab break <problem> --name second'],
  'lab heal': ['lab heal', 'lab heal --nodes lab-default-worker-node-0', 'lab heal --name second'],
  'lab down': ['lab down', 'lab down --name second', 'lab down --lang ko'],
  completion: ['completion bash', 'completion zsh', 'completion fish'],
  version: ['version', 'version --lang ko', '--version'],
};

/** As they are typed behind the program's own name; `path` is that of the command below it. */
export function examplesOf([first = '', ...rest]: readonly string[]): readonly string[] {
  const own = synchronisedEntries.find(({ meta }) => meta.id === first);
  const { id = '', faults = [] } = (own ?? synchronisedEntries[0])?.meta ?? {};
  const name = [own === undefined ? first : '<problem>', ...rest].join(' ');
  return (byCommand[name] ?? []).map((words) =>
    words.replaceAll('<problem>', id).replaceAll('<fault>', faults.at(-1) ?? ''),
  );
}
