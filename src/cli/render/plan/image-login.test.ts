import { expect, test } from 'vitest';
import type { PullLogin } from '../../../actions/image/image-action.ts';
import { imageActionSchema } from '../../../actions/image/image-schema.ts';
import { someImage } from '../../../actions/image/testing/some-image.ts';
import { planOf, samplePreview } from '../../../app/testing/sample-plan.ts';
import { sampleProblem } from '../../../app/testing/sample-report.ts';
import type { Language } from '../../../locales/language.ts';
import { words } from '../fixtures/narrow.ts';
import { contextOf } from '../fixtures/sample-context.ts';
import { renderPlan } from './view.ts';

const digest = someImage().digest;

function shown(language: Language, login?: PullLogin): string {
  const reference = `registry.example:5000/pause@${digest}`;
  const source = { from: 'registry', reference, hosts: 'runtime', ...(login && { login }) } as const;
  const options = { preview: samplePreview, problems: [sampleProblem], nks: false };
  return words(renderPlan(planOf([someImage({ source })]), options, contextOf(language)));
}

test('a plan says to which hosts the login of a pull goes, and not who logs in', () => {
  const login = { user: 'robot', hosts: ['mirror.example', 'registry.example:5000'] };

  expect(shown('en', login)).toContain(
    'Login: the password of --authfile is sent to mirror.example, registry.example:5000, and to the server that each ',
  );
  expect(shown('ko', login)).toContain('전송됨: mirror.example, registry.example:5000');
  for (const language of ['en', 'ko'] as const) expect(shown(language, login)).not.toContain('robot');
});

test('where mirrors could not be read, that there may be others; where nobody logs in, nothing', () => {
  const login = { user: 'robot', hosts: ['registry.example:5000'], further: true } as const;

  expect(shown('en', login)).toContain('mirrors that the container runtime may have');
  expect(shown('ko', login)).toContain('컨테이너 런타임의 미러');
  expect(shown('en', { user: 'robot' })).toContain('is sent to registry.example:5000, and');
  expect(shown('en')).not.toContain('--authfile');
});

test('a plan with a host that somebody has written oddly is refused', () => {
  const login = { user: 'robot', hosts: ['evil\u001b[2K.example'] };
  const source = { from: 'registry', reference: `registry.example/pause@${digest}`, hosts: 'runtime', login } as const;

  expect(imageActionSchema.safeParse(someImage({ source })).success).toBe(false);
});
