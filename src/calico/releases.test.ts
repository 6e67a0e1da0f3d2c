import { describe, expect, test } from 'vitest';
import { releaseGates, releaseVerdict } from './releases.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('UDP from the host’s network', () => {
  test.each([
    ['docker.io/calico/node:v3.27.4', 'sound'],
    ['docker.io/calico/node:v3.28.0', 'affected'],
    ['docker.io/calico/node:v3.28.1', 'sound'],
    ['docker.io/calico/node:v3.24.1', 'sound'],
    ['docker.io/calico/node:v3.29.0', 'sound'],
    ['docker.io/calico/node:v4.0.0', 'sound'],
    // As registries have it that know no folders, and those of NKS.
    ['calico/node:v3.28.0', 'affected'],
    ['dfe965c3-kr1-registry.container.nhncloud.com/container_service/calico-node:v3.28.0', 'affected'],
    ['registry.example.test:5000/mirror/node:3.28.0', 'affected'],
    ['docker.io/calico/node:v3.28.0-arm64', 'affected'],
    ['docker.io/calico/node:v3.28.2-nks3', 'sound'],
    // Somebody's own build may have what mends it.
    ['registry.example.test/calico-node:v3.28.0-nks1', 'unknown'],
    ['docker.io/calico/node:v3.28.0-0.dev-12-gabc', 'unknown'],
    // A tag that a registry or a person gave, or none that counts.
    ['registry.example.test/calico/node:stable', 'unknown'],
    ['registry.example.test/calico/node:v3.28', 'unknown'],
    ['registry.example.test/calico/node', 'unknown'],
    [`docker.io/calico/node@${digest}`, 'unknown'],
    [`docker.io/calico/node:v3.28.2@${digest}`, 'unknown'],
    // Another part, another product, nothing.
    ['docker.io/calico/cni:v3.28.0', 'unknown'],
    ['quay.io/tigera/cnx-node:v3.28.0', 'unknown'],
    ['docker.io/calico/node-driver-registrar:v3.28.0', 'unknown'],
    ['', 'unknown'],
    ['not an image', 'unknown'],
  ])('%s: %s', (image, is) => {
    expect(releaseVerdict(image, releaseGates.udp).is).toBe(is);
  });
});

describe('nodes that are lost track of', () => {
  test.each([
    ['v3.26.5', 'sound'],
    ['v3.27.0', 'affected'],
    ['v3.27.4', 'affected'],
    ['v3.27.5', 'sound'],
    ['v3.28.0', 'affected'],
    ['v3.28.1', 'affected'],
    ['v3.28.2', 'sound'],
    ['v3.28.2-nks1', 'sound'],
    ['v3.30.2', 'sound'],
  ])('kube-controllers %s: %s', (tag, is) => {
    expect(releaseVerdict(`docker.io/calico/kube-controllers:${tag}`, releaseGates['lost-nodes']).is).toBe(is);
  });
});

test('every gate says where it is from', () => {
  for (const { sources, lines } of Object.values(releaseGates)) {
    expect(sources.some((source) => source.startsWith('NKS troubleshooting guide'))).toBe(true);
    expect(lines.length).toBeGreaterThan(0);
  }
});
