import { expect, it } from 'vitest';
import { stagedName, stagedPath } from './staged-name.ts';

const run = '20261124-0931-container-logs-7f3a';

it('has no leading dot and ends in ~, so that logrotate, cron, sudo, sysctl and systemd pass it by', () => {
  expect(stagedPath('/etc/logrotate.d/docker', run)).toBe(`/etc/logrotate.d/docker.nodemend-${run}~`);
  expect(stagedName('/etc/sysctl.d/90-x.conf', run)).toBe(`90-x.conf.nodemend-${run}~`);
});

it('has a leading dot where kubelet reads every other name', () => {
  expect(stagedPath('/etc/kubernetes/manifests/proxy.yaml', run)).toBe(
    `/etc/kubernetes/manifests/.proxy.yaml.nodemend-${run}~`,
  );
});

it('works in the root folder', () => {
  expect(stagedPath('/fstab', run)).toBe(`/fstab.nodemend-${run}~`);
});
