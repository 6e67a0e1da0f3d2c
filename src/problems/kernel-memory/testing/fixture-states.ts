import type { Evidence } from '../../../evidence/evidence.ts';
import { centosBoot, fixture, type FixtureEvent } from './fixture.ts';

/** kubelet's words (kubernetes/kubernetes#96701); the pod's UID is made up. */
const refusedByKubelet: FixtureEvent = {
  reason: 'FailedCreatePodContainer',
  message:
    'unable to ensure pod container exists: failed to create container for [kubepods burstable ' +
    'pod0e1d2c3b-aaaa-4bbb-8ccc-0123456789ab] : mkdir /sys/fs/cgroup/memory/kubepods/burstable/' +
    'pod0e1d2c3b-aaaa-4bbb-8ccc-0123456789ab: cannot allocate memory',
};

/** runc's words through docker (docker/for-linux#841); the container's id is made up. */
const refusedByRuntime: FixtureEvent = {
  reason: 'FailedCreatePodSandBox',
  message:
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to start sandbox container for pod "web-1": ' +
    'Error response from daemon: OCI runtime create failed: container_linux.go:346: starting container process caused ' +
    '"process_linux.go:297: applying cgroup configuration for process caused \\"mkdir /sys/fs/cgroup/memory/docker/' +
    '0123456789abcdef: cannot allocate memory\\"": unknown',
};

/** The kernel's words (kubernetes/kubernetes#61937), with the cgroup in the cache's name. */
const slub = [
  'SLUB: Unable to allocate memory on node -1 (gfp=0x20)',
  '  cache: kmalloc-256(5212:0123456789abcdef), object size: 256, buffer size: 256, default order: 1, min order: 0',
];

/** Every fixture by its name. Numbers of ids are those of public reports (moby/moby#29638). */
export const states: Readonly<Record<string, Evidence>> = {
  'fail-pods-refused': fixture({ ids: 22_563, folders: 61 }, [refusedByKubelet]),
  'fail-pods-refused-by-runtime': fixture({ ids: 64_734, folders: 'timed-out' }, [refusedByRuntime]),
  'fail-pods-refused-in-log': fixture({ ids: 31_000, folders: 400, log: slub }),
  'warn-ids-run-out': fixture({ ids: 60_000, folders: 61 }),
  'warn-ids-pile-up': fixture({ ids: 22_563, folders: 61 }, []),
  'warn-signature-alone': fixture({}, [refusedByKubelet]),
  'warn-signature-alone-unseen': fixture({ unseen: 'not-looked-at' }, [refusedByKubelet]),
  'warn-memory-short': fixture({ ids: 22_563, folders: 61, available: 100_000 }, [refusedByKubelet]),
  'warn-other-cause': fixture({ release: '5.15.0-91-generic', slabinfo: 'empty' }, [refusedByKubelet]),
  'warn-argument-without-effect': fixture({
    release: '3.10.0-957.el7.x86_64',
    arguments: ['cgroup.memory=nokmem'],
  }),
  'warn-argument-without-effect-yet': fixture(
    { release: '3.10.0-957.el7.x86_64', boot: centosBoot(' cgroup.memory=nokmem') },
    [],
  ),
  'warn-argument-pending': fixture({ boot: centosBoot(' cgroup.memory=nokmem') }, []),
  'warn-argument-lost-at-reboot': fixture({ arguments: ['cgroup.memory=nokmem'] }, []),
  'pass-no-sign': fixture({}, []),
  'pass-no-sign-not-grub': fixture({ boot: { commandLine: 'initrd=\\initrd root=/dev/vda1 ro', files: {} } }, []),
  'pass-cannot-happen': fixture({ release: '5.15.0-91-generic', slabinfo: 'empty' }, []),
  'pass-cannot-happen-v2': fixture({ release: '4.18.0-513.el8.x86_64', version: 2 }, []),
  'pass-cannot-happen-nokmem': fixture(
    { arguments: ['cgroup.memory=nokmem'], boot: centosBoot(' cgroup.memory=nokmem') },
    [],
  ),
  'pass-cannot-happen-unaccounted': fixture({ slabinfo: 'refused' }, []),
  'pass-cannot-happen-by-api': fixture({ release: '6.1.0-28-amd64', unseen: 'not-looked-at' }, []),
  'unknown-node-unknown': fixture({ unseen: 'unreachable' }),
  'unknown-node-unknown-kernel': fixture({ release: 'my-kernel' }),
  'unknown-events-unknown': fixture({}, 'forbidden'),
  'not-looked-at-node-not-looked-at': fixture({ unseen: 'not-looked-at' }, []),
};
