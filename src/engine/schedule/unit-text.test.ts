import { expect, test } from 'vitest';
import { parseInterval } from './interval.ts';
import { unitTexts, type UnitRequest } from './unit-text.ts';

const request: UnitRequest = {
  name: 'night',
  summary: 'nodemend apply container-logs -l pool=100%',
  command: ['/opt/my nodemend/100%', 'schedule', 'run', '/root/$HOME/"x"\\y.json'],
  rhythm: parseInterval('monday', '03:20'),
  spreadSeconds: 900,
  system: true,
  changesThisMachine: false,
};

test('words are what systemd makes of them: no specifier, no variable, no second word', () => {
  const { service } = unitTexts(request);
  expect(service).toContain(String.raw`ExecStart="/opt/my nodemend/100%%" schedule run "/root/$$HOME/\"x\"\\y.json"`);
  expect(service).toContain('Description=nodemend schedule night: nodemend apply container-logs -l pool=100%%\n');
});

test('a timer catches up with what was missed', () => {
  expect(unitTexts(request).timer).toMatch(
    /^OnCalendar=Mon \*-\*-\* 03:20:00\n.*\nPersistent=true\nRandomizedDelaySec=900$/m,
  );
});

test('what changes this machine is not shut out from it, and a user has not the rights to shut out', () => {
  expect(unitTexts(request).service).toContain('ProtectSystem=full');
  expect(unitTexts({ ...request, changesThisMachine: true }).service).not.toContain('Protect');
  expect(unitTexts({ ...request, system: false }).service).not.toMatch(/Protect|network-online/);
});

test('a control character is refused', () => {
  expect(() => unitTexts({ ...request, command: ['/opt/a\nExecStartPost=/bin/sh'] })).toThrow(
    expect.objectContaining({ code: 'SCHEDULE_PATH_INVALID' }),
  );
});
