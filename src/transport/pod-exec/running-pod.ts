/** Where scripts are run. */
export interface RunningPod {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
}
