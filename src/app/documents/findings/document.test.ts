import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { printedSchema } from '../published.ts';
import {
  idle,
  missing,
  notLookedAt,
  oneNode,
  pass,
  skipped,
  textsOf,
  threeHundredNodes,
  uniform,
  unobserved,
} from '../../testing/sample-report.ts';
import { findingsDocument } from './document.ts';
import type { FindingsReport } from './report.ts';
import { findingsSchema } from './schema.ts';
import { jsonText } from '../json-text.ts';

const english = textsOf('en');
const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) },
});
const validate = ajv.compile(printedSchema('findings'));

const everyStatus: FindingsReport = {
  ...uniform(6, pass),
  diagnosis: {
    findings: [
      missing('worker-1', 1024),
      idle('worker-2'),
      unobserved('worker-3', 'needs-root'),
      notLookedAt('worker-4'),
      pass('worker-5'),
    ],
    muted: [skipped('worker-1', 'app', 7)],
  },
};

test.each([
  ['one node', oneNode()],
  ['300 nodes', threeHundredNodes()],
  ['every status', everyStatus],
])('%s: valid by the published schema and by its source', (_name, report) => {
  const document: unknown = JSON.parse(jsonText(findingsDocument(report, 3, english)));

  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(findingsSchema.parse(document)).toEqual(document);
});

test('the published schema refuses what is not a finding', () => {
  const document = findingsDocument(oneNode(), 3, english);

  expect(validate({ ...document, exitCode: 6 })).toBe(false);
  expect(validate({ ...document, extra: true })).toBe(false);
  expect(validate({ ...document, findings: [{ ...document.findings[0], status: 'fine' }] })).toBe(false);
});

test('counts what is known of nodes, the worst of each', () => {
  expect(findingsDocument(everyStatus, 3, english).counts).toEqual({
    findings: { fail: 1, warn: 1, unknown: 1, notLookedAt: 1, pass: 1 },
    nodes: { fail: 1, warn: 1, unknown: 1, notLookedAt: 1, pass: 1 },
  });
});

test('bytes stay numbers, the message is English, the muted come last', () => {
  const [first, , , , , last] = findingsDocument(everyStatus, 3, english).findings;

  expect(first).toMatchInlineSnapshot(`
    {
      "evidence": [
        "worker-1#sample-logs/rules",
      ],
      "facts": {
        "bytes": 1024,
        "containers": [
          {
            "bytes": 512,
            "name": "shop/cart",
          },
          {
            "bytes": 256,
            "name": "shop/api",
          },
          {
            "bytes": 128,
            "name": "kube-system/node-exporter",
          },
          {
            "bytes": 64,
            "name": "shop/cache",
          },
        ],
        "inodes": 12,
      },
      "fingerprint": "233a594a5681",
      "key": "missing",
      "message": "No logrotate rule covers the container logs of Docker, so that they grow until the disk is full.",
      "params": {},
      "problem": "sample-logs",
      "remedy": true,
      "rule": "missing",
      "severity": "high",
      "status": "fail",
      "subject": {
        "kind": "node",
        "name": "worker-1",
      },
    }
  `);
  expect(last).toMatchObject({ rule: 'skipped', muted: true, params: { bytes: 7 } });
});
