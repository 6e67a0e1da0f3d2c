import { anyOf } from './any-of.ts';

/**
 * Who speaks, where it is neither a runtime nor a kubelet that pulls: they fail in a registry's words, and nothing of
 * it is a registry's.
 */
const others = anyOf(
  // What a container's own server answers kubelet's prober (kubernetes/kubernetes, pkg/kubelet/prober).
  /\b(?:liveness|readiness|startup) probe (?:failed|errored)(?![^]{0,300}(?:exec|fork\/exec))/,
  // Admission webhooks (kubernetes/apiserver, pkg/admission/plugin/webhook).
  /\bfail(?:ed|ing) call(?:ing)? (?:to )?(?:admission )?webhook\b|\bfailed to call webhook\b/,
  /\badmission webhook "[^"]*" denied the request\b/,
  // git, and programs that call it.
  /\bfatal: (?:unable to access|repository|could not read|authentication failed|remote error|clone of)/,
  /\bfailed to (?:list refs|checkout and determine)\b|\b(?:failed|unable) to clone ['\x22]?(?:https?:|ssh:|git@)/,
  /\bgit (?:clone|fetch|pull|ls-remote)\b|\.git['"/]?: /,
  // Servers of packages and charts.
  /\be: failed to fetch\b|\bdoes not have a release file\b|\brepomd\.xml\b|\bno package \S+ available\b/,
  /\b(?:chart repository|helm repo(?:sitory)?|index\.yaml)\b/,
  // Clients of the cluster's own API and of kubelet's.
  /\b(?:get|head|post|put|patch|list|watch) "?https?:\/\/[^\s"]*(?:\/api\/v1\b|\/apis\/|:10250\b|:6443\b)/,
  /\bdial tcp [^\s]+:(?:6443|10250):/,
);

/** @param text without names */
export function isOfSomethingElse(text: string): boolean {
  return others.test(text);
}
