import { actionErrors } from './areas/actions.ts';
import { cliErrors } from './areas/cli.ts';
import { engineErrors } from './areas/engine.ts';
import { evidenceErrors } from './areas/evidence.ts';
import { kubernetesErrors } from './areas/kubernetes.ts';
import { labErrors } from './areas/lab.ts';
import { registryErrors } from './areas/registry.ts';
import { scheduleErrors } from './areas/schedule.ts';
import { transportErrors } from './areas/transport.ts';

/** What the catalogue knows of one error; its words are in `locales/<lang>/errors.<area>.json`. */
export interface ErrorEntry {
  /** Process exit code (design section 5): 1 internal, 2 usage or configuration, 5 incomplete, 7 stopped, 8 refused. */
  readonly exit: 1 | 2 | 5 | 7 | 8;
  /** Whether the same call may succeed a moment later. Absent means no. */
  readonly retryable?: boolean;
}

/** Every error code that nodemend can end with, by the area of the code that throws it. */
export const errorAreas = {
  actions: actionErrors,
  cli: cliErrors,
  engine: engineErrors,
  evidence: evidenceErrors,
  kubernetes: kubernetesErrors,
  lab: labErrors,
  registry: registryErrors,
  schedule: scheduleErrors,
  transport: transportErrors,
} as const;

type Codes<Areas> = { [Area in keyof Areas]: keyof Areas[Area] }[keyof Areas];

/** The union of all codes; a misspelt code does not compile. */
export type ErrorCode = Codes<typeof errorAreas>;

export const catalogue: Readonly<Record<ErrorCode, ErrorEntry>> = {
  ...actionErrors,
  ...cliErrors,
  ...engineErrors,
  ...evidenceErrors,
  ...kubernetesErrors,
  ...labErrors,
  ...registryErrors,
  ...scheduleErrors,
  ...transportErrors,
};
