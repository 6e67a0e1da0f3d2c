/** Part of an image's name, tag or digest, or of an object's name. */
const word = '[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?';
const image = String.raw`[a-z0-9][a-z0-9._/:@+-]*`;

/**
 * Where a message names an image or an object, and what comes before it: the name itself is the last group. Quoted names
 * may be cut off by the end of the text.
 */
const places: readonly RegExp[] = [
  // `image "a/b:1"`, `reference "…"`, `pod="ns/web"`, `"StartContainer" for "web"`, `volume "data"`: what is quoted and has no blank.
  /(?<![\w=](?:type|name)=?)"((?!application\/|artifactregistry\.|https?:|docker:|startcontainer"|createpodsandbox"|err)[a-z0-9_][\w.:/@+-]*)(?:"|$)/,
  // key=value of logs and of kubelet's back-off.
  new RegExp(String.raw`\b(?:image|pod|container|podname|containername|image_ref|sandbox)=(${image})`),
  // Without quotes, after words that a name follows.
  new RegExp(
    String.raw`\b(?:manifest for|access denied for|pulling image:?|pull image|pulled image|failed to pull|image:|image|container image|artifact|project|suggest the author of|docker pull|crictl pull|tag) ((?=[a-z0-9._-]*[/:])${image})`,
  ),
  new RegExp(String.raw`\bcontainer (${word})(?= (?:in pod|failed|start failed|definition))`),
  // `web_default(8a…)`, as kubelet names a pod.
  new RegExp(String.raw`(?<![\w/.-])(${word}_${word})(?=\()`),
  // `[default/web-0:net1]`, as Multus does.
  /(?<=\[)([a-z0-9-]+\/[a-z0-9.-]+)(?=[:/])/,
  // The path of a registry's API, and what a token is asked for.
  /(?<=\/v2\/)((?!_catalog)[a-z0-9._/-]+?)(?=\/(?:manifests|blobs|tags)\b)/,
  /(?<=\/(?:manifests|blobs)\/)([a-z0-9][\w.:-]*)/,
  /(?<=scope=repository(?::|%3a))([a-z0-9._/-]+|[a-z0-9._-]+(?:%2f[a-z0-9._-]+)*)/,
  /(?<=docker:\/\/|oci:\/\/)([a-z0-9][a-z0-9._/:@-]*)/,
  // Written out, wherever it stands: a host with its dots, a path.
  /(?<![\w./:@-])((?:[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?|localhost(?::\d+)?)\/[a-z0-9][a-z0-9._/-]*(?:[:@][a-z0-9][\w.:+-]*)?)/,
  // What a program keeps for itself lies where its names are.
  /(?<=\/var\/(?:lib|log|run)\/)([\w.-]+\/[^\s:"']*)/,
];

const everywhere = places.map((place) => new RegExp(place.source, 'dg'));

/** Hosts that stand alone: of addresses, and those that a resolver was asked for. */
const hosts = /(?<=https?:\/\/|\blookup |\bhost=)(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*/g;

/** `hosts`: whose limit it is, and which mirror was asked, a host alone can say. */
type Kept = 'hosts' | 'nothing';

/** Letters that mean nothing, in the same form. */
function masked(name: string, kept: Kept): string {
  const host = /^(?:(?:[a-z0-9-]+\.)+[a-z0-9-]+|localhost)(?::\d+)?(?=\/)/.exec(name)?.[0] ?? '';
  const shown = kept === 'hosts' || host === '' ? host : 'x.example';
  return shown + name.slice(host.length).replaceAll(/[\w-]+/g, 'x');
}

/**
 * A message in which nobody's name says anything: a workload called `oom-killer` was not killed, and an image called
 * `inotify-tools` has nothing to do with watches. Takes and gives plain text (`plain-text.ts`).
 */
export function withoutNames(text: string, kept: Kept): string {
  const named = everywhere.reduce((masking, place) => {
    let [rest, end] = ['', 0];
    for (const { indices } of masking.matchAll(place)) {
      const [from, to] = indices?.[1] ?? [0, 0];
      if (from < end) continue;
      rest += masking.slice(end, from) + masked(masking.slice(from, to), kept);
      end = to;
    }
    return rest + masking.slice(end);
  }, text);
  return kept === 'hosts' ? named : named.replaceAll(hosts, 'x.example');
}
