import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryEvidence } from '../../evidence/testing/arbitrary-evidence.ts';
import { concludeRateLimit, type RateLimitedEvidence } from './conclude.ts';
import { reportExit } from './report.ts';

const limited = arbitraryEvidence.filter(
  (evidence): evidence is RateLimitedEvidence => evidence.rateLimit !== undefined,
);

test('whatever a bundle holds, there is a report, and the same one each time', () => {
  fc.assert(
    fc.property(limited, (evidence) => {
      const report = concludeRateLimit(evidence, { tiers: [], earlier: new Map([['a', '192.0.2.1']]) });

      expect(
        concludeRateLimit(structuredClone(evidence), { tiers: [], earlier: new Map([['a', '192.0.2.1']]) }),
      ).toEqual(report);
      expect([0, 3, 4, 5]).toContain(reportExit(report));
    }),
  );
});

test('what was asked and could not be seen is never fine', () => {
  fc.assert(
    fc.property(limited, (evidence) => {
      const { rateLimit, cluster } = evidence;
      const secrets =
        cluster.state === 'seen' && cluster.value.pullSecrets?.state === 'seen' ? cluster.value.pullSecrets.value : [];
      const parts = [
        ...rateLimit.quotas.map(({ answer }) => answer),
        ...(rateLimit.pulls ? [rateLimit.pulls] : []),
        ...(rateLimit.rollouts?.asked ?? []).map(({ template }) => template),
        ...secrets.flatMap((one) => [one.serviceAccounts, ...one.secrets.map(({ secret }) => secret)]),
      ];
      fc.pre(parts.some(({ state }) => state === 'unknown' || state === 'not-looked-at'));

      expect([3, 5]).toContain(reportExit(concludeRateLimit(evidence, { tiers: [] })));
    }),
  );
});
