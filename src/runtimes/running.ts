import type { Fact } from '../evidence/fact.ts';
import type { ProbedText } from './probed-text.ts';
import dockerRoot from './docker/docker-root.sh?raw';
import script from './running.sh?raw';

/** What runs on a node, and what kubelet was told. */
export interface RuntimeFacts {
  readonly processes: ReadonlySet<string>;
  /** Names of processes that are not shown to be the node's own, with why (runtimes/daemon.sh). */
  readonly doubts: ReadonlyMap<string, string>;
  /** `--container-runtime` of kubelet's command line: `docker` or `remote`. */
  readonly kubeletRuntime: string | undefined;
  /**
   * `--container-runtime-endpoint` of kubelet's command line, else `containerRuntimeEndpoint` of its configuration
   * file.
   */
  readonly kubeletEndpoint: string | undefined;
  readonly dockerRoot: string;
  /** `--pod-infra-container-image` of cri-dockerd's command line. */
  readonly criDockerdSandbox: string | undefined;
}

const linePattern =
  /^(process|doubt|kubelet-option|cri-dockerd-option|dockerd-option|kubelet-config|docker-config|docker-root|refused) (.+)$/;

export const runningDaemons: Fact<RuntimeFacts> = {
  key: 'runtimes/running',
  ahead: true,
  shared: [dockerRoot],
  script,
  parse: parseRuntime,
};

/** Takes apart what running.sh prints. */
function parseRuntime({ text, truncated }: ProbedText): RuntimeFacts | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const valuesOf = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const option = (name: string): string | undefined =>
    valuesOf('kubelet-option')
      .find((value) => value.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const configured = valuesOf('kubelet-config')[0]?.replace(/^containerRuntimeEndpoint:\s*/, '');
  return {
    processes: new Set(valuesOf('process').map((value) => value.split(' ')[0] ?? '')),
    doubts: new Map(valuesOf('doubt').map((value) => [value.split(' ')[0] ?? '', value.split(' ')[1] ?? ''])),
    kubeletRuntime: option('--container-runtime'),
    kubeletEndpoint: option('--container-runtime-endpoint') ?? configured?.replace(/^["']|["']$/g, ''),
    dockerRoot: valuesOf('docker-root')[0] ?? '/var/lib/docker',
    criDockerdSandbox: valuesOf('cri-dockerd-option')
      .at(-1)
      ?.replace(/^[^=]*=/, ''),
  };
}
