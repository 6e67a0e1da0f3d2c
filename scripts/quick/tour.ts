/** One command of the guided tour. */
export interface Stop {
  /** As a user would type it after `nodemend`; words with blanks stand in single quotes. */
  readonly command: string;
  /** What this step is for, shown before it. */
  readonly says: { readonly en: string; readonly ko: string };
  /** Exit codes that mean it went as planned. */
  readonly expects: readonly number[];
}

export type Saying = Stop['says'];

export const labName = 'quick';

/** Doctor and diagnose end with a reading code: 3 says that there are findings, and here there must be. */
export const tour: readonly Stop[] = [
  {
    command: `lab up --name ${labName} --nodes 5`,
    says: {
      en: 'Start a practice cluster: five worker nodes with real sshd and logrotate, and a small stand-in for the API server.',
      ko: '연습용 클러스터를 시작합니다. 워커 노드 다섯 대에 진짜 sshd와 logrotate가 있고, API 서버는 작은 대역입니다.',
    },
    expects: [0],
  },
  {
    command: `lab break container-logs --name ${labName}`,
    says: {
      en: 'Put the first trouble of the guide into it: nothing rotates the container logs.',
      ko: '가이드의 첫 번째 문제를 넣습니다. 컨테이너 로그가 로테이션되지 않습니다.',
    },
    expects: [0],
  },
  {
    command: 'doctor --via ssh',
    says: { en: 'Can nodemend work here? It only looks.', ko: '여기에서 작업할 수 있는지 확인합니다. 읽기만 합니다.' },
    expects: [0, 4],
  },
  {
    command: 'diagnose --via ssh',
    says: {
      en: 'Find what is wrong. It only reads: one short script a node, nothing installed.',
      ko: '무엇이 잘못되었는지 찾습니다. 읽기만 하며, 노드마다 짧은 스크립트 하나를 실행할 뿐 아무것도 설치하지 않습니다.',
    },
    expects: [3],
  },
  {
    command: 'plan container-logs --via ssh',
    says: {
      en: 'Show what would change, as a diff. Still nothing has changed.',
      ko: '무엇이 바뀔지 diff로 보여 줍니다. 아직 아무것도 바뀌지 않았습니다.',
    },
    expects: [0],
  },
  {
    command: 'apply container-logs --via ssh --yes',
    says: {
      en: 'Carry it out: one node first, then the rest in batches, each verified. Without --yes it asks.',
      ko: '적용합니다. 노드 한 대부터 시작해 묶음 단위로 진행하며 매번 검증합니다. --yes가 없으면 먼저 물어봅니다.',
    },
    expects: [0],
  },
  {
    command: 'verify',
    says: {
      en: 'Look again, later: is the change still there, and does it work?',
      ko: '나중에 다시 확인합니다. 변경이 그대로 있고 동작합니까?',
    },
    expects: [0],
  },
  {
    command: 'undo --yes',
    says: { en: 'And put everything back, to the byte.', ko: '모든 것을 바이트 단위까지 원래대로 되돌립니다.' },
    expects: [0],
  },
];

export const lastStop: Stop = {
  command: `lab down --name ${labName}`,
  says: { en: 'Remove the practice cluster.', ko: '연습용 클러스터를 없앱니다.' },
  expects: [0],
};

export const closing = {
  en: `What to try next:
  bin/nodemend lab up --nodes 20       a bigger cluster that stays until: bin/nodemend lab down
  bin/nodemend explain container-logs  the trouble in words, and the guide's section
  bin/nodemend doctor                  your own cluster, by your kubeconfig; it only looks
`,
  ko: `다음에 해 볼 것:
  bin/nodemend lab up --nodes 20       더 큰 클러스터. bin/nodemend lab down을 실행할 때까지 남습니다
  bin/nodemend explain container-logs  문제에 대한 설명과 가이드의 해당 절
  bin/nodemend doctor                  kubeconfig가 가리키는 실제 클러스터. 읽기만 합니다
`,
} satisfies Saying;
