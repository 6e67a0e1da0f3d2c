import type { Saying, Stop } from './tour.ts';

/** Below the checkout, in which the commands are run. */
const bundle = 'examples/sick-cluster.json';

/** What nodemend is for, where no practice cluster can be started: on what was recorded of one. */
export const recordedTour: readonly Stop[] = [
  {
    command: 'doctor',
    says: {
      en: 'Can nodemend work here? It says what is missing. (Its home folder is an empty one: no cluster of yours is asked.)',
      ko: '여기에서 작업할 수 있는지, 무엇이 없는지 확인합니다. (빈 홈 폴더로 실행하므로 실제 클러스터에는 연결하지 않습니다.)',
    },
    expects: [3],
  },
  {
    command: `diagnose --bundle ${bundle}`,
    says: {
      en: 'Find what is wrong in a recorded cluster of twelve nodes, one of which did not answer.',
      ko: '노드 열두 대의 기록에서 무엇이 잘못되었는지 찾습니다. 그중 한 대는 응답하지 않았습니다.',
    },
    expects: [3],
  },
  {
    command: `explain 'Failed to pull image "k8s.gcr.io/echoserver:1.10": not found'`,
    says: {
      en: 'What an error means, as kubelet printed it, and what to do.',
      ko: 'kubelet이 출력한 오류가 무슨 뜻이고 무엇을 해야 하는지 설명합니다.',
    },
    expects: [0],
  },
  {
    command: `plan --bundle ${bundle}`,
    says: {
      en: 'Show what would change on those nodes, as a diff. Nothing changes: there is no cluster.',
      ko: '그 노드들에서 무엇이 바뀔지 diff로 보여 줍니다. 클러스터가 없으므로 아무것도 바뀌지 않습니다.',
    },
    expects: [0],
  },
  {
    command: 'rewrite --check examples/manifests',
    says: {
      en: 'Find image references of retired registries in manifests on disk, as CI would.',
      ko: 'CI에서처럼 매니페스트에 남은, 종료된 레지스트리의 이미지 참조를 찾습니다.',
    },
    expects: [3],
  },
];

/** Said before it; why follows. */
export const recordedOpening: Saying = {
  en: 'No practice cluster can be started here, so this is the tour of a recorded one.',
  ko: '여기에서는 연습용 클러스터를 시작할 수 없어 기록된 클러스터로 안내합니다.',
};

/** Said after it. */
export const recordedClosing: Saying = {
  en: `On a Linux machine whose root may make namespaces, npm run quick also starts five practice nodes with real
sshd and logrotate, breaks them, applies such a plan (one node first, then the others, each verified), verifies
it later, and undoes it to the byte. docs/testing.md says which machine gets what.
`,
  ko: `root가 네임스페이스를 만들 수 있는 Linux 시스템에서는 npm run quick이 진짜 sshd와 logrotate가 있는 연습용 노드
다섯 대를 시작해 고장 내고, 이런 계획을 적용하고(노드 한 대부터, 매번 검증), 나중에 다시 확인하고, 바이트 단위까지
되돌리는 것도 보여 줍니다. 어떤 시스템에서 무엇을 볼 수 있는지는 docs/testing.md에 있습니다.
`,
};
