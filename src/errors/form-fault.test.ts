import { expect, test } from 'vitest';
import { z } from 'zod';
import { formFault, notJson, problemParams } from './form-fault.ts';
import { errorText } from './text.ts';

const schema = z.strictObject({
  name: z.string().min(2).max(4).regex(/^a/),
  via: z.enum(['ssh', 'pod']).optional(),
  nodes: z.array(z.strictObject({ port: z.int().min(1).max(9) })).optional(),
  either: z.union([z.literal(1), z.literal('one')]).optional(),
  even: z
    .number()
    .refine((value) => value % 2 === 0, 'it is odd')
    .optional(),
  'a/b': z.boolean().optional(),
});

test.each([
  [{}, 'name: missing', 'name: 값이 없음'],
  [{ name: 7 }, 'name: expected a string', 'name: 값의 종류가 다름(문자열 필요)'],
  [{ name: 'a' }, 'name: shorter than 2', 'name: 너무 짧음(최소 2)'],
  [{ name: 'abcde' }, 'name: longer than 4', 'name: 너무 긺(최대 4)'],
  [{ name: 'bb' }, 'name: not in the expected form', 'name: 형식이 올바르지 않음'],
  [{ name: 'ab', via: 'rsh' }, 'via: not one of ssh, pod', 'via: 허용되지 않는 값(허용: ssh, pod)'],
  [{ name: 'ab', nodes: [{ port: 0 }] }, 'nodes[0].port: less than 1', 'nodes[0].port: 너무 작음(최소 1)'],
  [{ name: 'ab', nodes: [{ port: 10 }] }, 'nodes[0].port: more than 9', 'nodes[0].port: 너무 큼(최대 9)'],
  [{ name: 'ab', 'a/b': 1 }, '["a/b"]: expected true or false', '["a/b"]: 값의 종류가 다름(true 또는 false 필요)'],
  [{ name: 'ab', either: 2 }, 'either: none of the allowed forms', 'either: 허용되는 형식 중 어느 것도 아님'],
  [{ name: 'ab', nme: 'x' }, 'the document: unknown key nme', '문서 전체: 알 수 없는 키(nme)'],
  [[], 'the document: expected an object', '문서 전체: 값의 종류가 다름(오브젝트 필요)'],
  // What a schema of ours says of its own.
  [{ name: 'ab', even: 3 }, 'even: it is odd', 'even: it is odd'],
])('%j', (value, en, ko) => {
  const params = problemParams(formFault(schema.safeParse(value).error?.issues ?? []));

  expect(params['problem']).toBe(en);
  const words = (language: 'en' | 'ko'): string =>
    errorText(language, 'PLAN_INVALID', { file: 'plan.json', ...params }).cause;
  expect(words('en')).toBe(`plan.json is not a valid plan: ${en}.`);
  expect(words('ko')).toBe(`plan.json 파일은 사용할 수 있는 계획이 아닙니다: ${ko}.`);
});

test.each([
  ['{"a":1,}', 'not JSON at character 7', 'JSON이 아님(7번째 글자)'],
  ['{"password": hunter2}', 'not JSON', 'JSON이 아님'],
])('%s is not JSON, and nothing of it is told', (text, en, ko) => {
  let thrown: unknown;
  try {
    JSON.parse(text);
  } catch (error) {
    thrown = error;
  }
  const params = problemParams(notJson(thrown));

  expect(params['problem']).toBe(en);
  expect(errorText('ko', 'BUNDLE_INVALID', { path: 'b', ...params }).cause).toBe(`nodemend 번들이 아닙니다(b): ${ko}.`);
});
