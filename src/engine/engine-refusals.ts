/** Refusals of the engine itself: their keys are in the shell's words, not in a problem's. */
export const engineRefusals = {
  unidentified: 'engine:node-unidentified',
  strayPath: 'engine:stray-path',
  conflict: 'engine:action-conflict',
  noCluster: 'engine:no-cluster',
} as const;
