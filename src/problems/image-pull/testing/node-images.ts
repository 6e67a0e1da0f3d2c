import type { Evidence, NodeEvidence, Observed, Section } from '../../../evidence/evidence.ts';
import { observedAccess } from '../../testing/observed-access.ts';

function section(output: string): Observed<Section> {
  return { state: 'seen', value: { exitCode: 0, encoding: 'utf8', output, truncated: false, errors: '' } };
}

/** As the probe prints what docker 20.10 keeps (`src/images/fixtures/docker-20.10.24.docker-images.txt`), by name alone. */
function listed(images: readonly string[]): Observed<Section> {
  const lines = images.map((name, index) => `image sha256:${String(index).repeat(64)} <none> 307kB ${name}`);
  return section(['machine x86_64', ...lines, ''].join('\n'));
}

function nodeWith(name: string, images: readonly string[] | 'timed-out'): NodeEvidence {
  return {
    name,
    address: '10.0.0.1',
    api: { state: 'not-looked-at', enable: '--kubeconfig' },
    access: observedAccess({ hostname: name }),
    sections: {
      'containerd/images': section('no-containerd\n'),
      'docker/images':
        images === 'timed-out'
          ? { state: 'unknown', reason: 'timed-out', detail: 'section docker/images' }
          : listed(images),
      'runtimes/running': section('process dockerd 80\nprocess kubelet 91\ndocker-root /var/lib/docker\n'),
    },
  };
}

/** With these nodes in the place of its own, each with what its runtime keeps. */
export function withImages(
  evidence: Evidence,
  nodes: Readonly<Record<string, readonly string[] | 'timed-out'>>,
): Evidence {
  return { ...evidence, nodes: Object.entries(nodes).map(([name, images]) => nodeWith(name, images)) };
}
