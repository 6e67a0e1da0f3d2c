import { expect, test } from 'vitest';
import { deprecatedApis } from './deprecated-apis.ts';

/** Lines as kube-apiserver 1.31 prints them. */
const metrics = `# HELP apiserver_requested_deprecated_apis [STABLE] Gauge of deprecated APIs that have been requested
# TYPE apiserver_requested_deprecated_apis gauge
apiserver_requested_deprecated_apis{group="flowcontrol.apiserver.k8s.io",removed_release="1.32",resource="flowschemas",subresource="",version="v1beta3"} 1
apiserver_requested_deprecated_apis{group="flowcontrol.apiserver.k8s.io",removed_release="1.32",resource="flowschemas",subresource="status",version="v1beta3"} 1
apiserver_requested_deprecated_apis{group="",removed_release="",resource="componentstatuses",subresource="",version="v1"} 1
apiserver_requested_deprecated_apis{group="batch",removed_release="1.25",resource="cronjobs",subresource="",version="v1beta1"} 0
apiserver_request_total{code="200"} 12
`;

test('what was asked for and will be gone, once each', () => {
  expect(deprecatedApis(metrics)).toEqual([
    { group: 'flowcontrol.apiserver.k8s.io', version: 'v1beta3', resource: 'flowschemas', removedRelease: '1.32' },
  ]);
});

test('nobody asked for any', () => {
  expect(deprecatedApis('# TYPE apiserver_request_total counter\napiserver_request_total{code="200"} 12\n')).toEqual(
    [],
  );
});

test.each(['', '<html>log in</html>', 'apiserver_requested_deprecated_apis{', 'other_metric 1\n'])(
  'unknown: %j is not what an API server prints',
  (text) => {
    expect(deprecatedApis(text)).toBeUndefined();
  },
);
