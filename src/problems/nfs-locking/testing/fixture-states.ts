import type { Evidence } from '../../../evidence/evidence.ts';
import { fixture, stopped, type FixtureNode } from './fixture.ts';

const disabled = { enabled: 'disabled' };

/** As an administrator's command leaves it. */
const allStopped: FixtureNode = {
  rpcbind: { ...stopped, ...disabled },
  socket: { ...stopped, ...disabled },
  statd: stopped,
  registered: 'not-asked',
  pidFile: '',
};
const zombie: FixtureNode = { statd: { process: 'Z' }, pidFile: '420 Z', registered: 'statd silent' };
const suspended: FixtureNode = { statd: { process: 'T' }, pidFile: '420 T', registered: 'statd silent' };
const unregistered: FixtureNode = { registered: 'unregistered' };
const silent: FixtureNode = { registered: 'statd silent' };
const failed: FixtureNode = {
  statd: { active: 'failed', sub: 'failed', process: '-' },
  registered: 'statd silent',
  pidFile: '',
};
/** It was started without systemd, and its number is another process's by now. */
const stalePid: FixtureNode = { statd: stopped, pidFile: '420 S', registered: 'statd silent' };
const rpcbindSilent: FixtureNode = { registered: 'silent' };
const missing = { load: 'not-found', active: 'inactive', sub: 'dead', enabled: '-', process: '-' };
const masked = { load: 'masked', active: 'inactive', sub: 'dead', enabled: 'masked', process: '-' };
const refused = [{}];

/** Every fixture by its name. Units are those of Debian 12; event texts those of kubelet and nfs-utils. */
export const states: Readonly<Record<string, Evidence>> = {
  'fail-mounts-refused': fixture({ ...zombie, locking: 0 }, refused),
  'fail-mounts-refused-stopped': fixture({ ...allStopped, locking: 0 }, refused),
  'fail-mounts-refused-failed': fixture(failed, refused),
  'fail-mounts-refused-suspended': fixture(suspended, refused),
  'fail-mounts-refused-unregistered': fixture(unregistered, refused),
  'fail-mounts-refused-silent': fixture(silent, refused),
  'fail-mounts-refused-stale-pid': fixture(stalePid, refused),
  'fail-mounts-refused-rpcbind-silent': fixture(rpcbindSilent, refused),
  'fail-statd-blocked': fixture(zombie, []),
  'fail-statd-blocked-suspended': fixture({ ...suspended, locking: 0 }, []),
  'fail-statd-blocked-suspended-unanswered': fixture({ ...suspended, lost: 'nfs-locking/registered' }, []),
  'fail-statd-blocked-unregistered': fixture({ ...unregistered, rpcbind: { ...stopped, ...disabled } }, []),
  'fail-statd-blocked-silent': fixture(silent, []),
  'fail-statd-blocked-stale-pid': fixture(stalePid, []),
  'fail-statd-blocked-rpcbind-silent': fixture(rpcbindSilent, []),
  'fail-cannot-start': fixture({ ...allStopped, rpcbind: missing, socket: missing }, []),
  'fail-cannot-start-masked': fixture({ ...allStopped, rpcbind: masked, socket: masked, locking: 0 }, refused),
  'fail-cannot-start-statd': fixture({ ...allStopped, statd: missing }, []),
  'warn-cannot-start-statd-masked': fixture({ ...allStopped, statd: masked, locking: 0, others: 3 }, []),
  'warn-cannot-start-statd-masked-mounted': fixture({ ...allStopped, statd: masked }, []),
  'fail-cannot-start-statd-masked': fixture({ ...allStopped, statd: masked }, refused),
  'warn-statd-down': fixture(allStopped, []),
  'warn-statd-down-failed': fixture(failed, []),
  'warn-rpcbind-not-enabled': fixture({ rpcbind: disabled, socket: disabled }, []),
  'warn-words-alone': fixture({ unseen: 'not-looked-at' }, refused),
  'warn-other-cause': fixture({}, refused),
  'warn-other-cause-no-client': fixture({ client: false }, refused),
  'warn-other-cause-node-unnamed': fixture({}, [{ node: '' }]),
  'pass-statd-answers': fixture({}, []),
  'pass-statd-answers-again': fixture({ statd: { age: 60 } }, refused),
  'pass-starts-on-demand': fixture({ ...allStopped, locking: 0, others: 2 }, []),
  'pass-cannot-happen': fixture({ client: false }, []),
  'unknown-node-unknown': fixture({ unseen: 'unreachable' }),
  'unknown-node-unknown-registration': fixture({ lost: 'nfs-locking/registered' }, []),
  'unknown-node-unknown-units': fixture({ lost: 'systemd/services' }, []),
  'unknown-node-unknown-no-systemd': fixture({ withoutSystemd: true }, []),
  'unknown-events-unknown': fixture({}, 'forbidden'),
  'not-looked-at-node-not-looked-at': fixture({ unseen: 'not-looked-at' }, []),
};
