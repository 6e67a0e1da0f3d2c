import { anyOf } from './any-of.ts';
import type { Label } from './label.ts';

/** A label and the words that mean it, in the plain text of a message (`plain-text.ts`). */
export interface Rule {
  readonly label: Label;
  readonly says: RegExp;
  /** What must not be said as well. */
  readonly unless?: RegExp;
}

/**
 * A cgroup that cannot be made: kubelet's own (`kubepods`) or the runtime's. Sources: kubernetes/kubernetes#96701,
 * docker/for-linux#841, moby/moby#29638.
 */
const cgroupNotMade = anyOf(
  /(?:mkdir|mkdirat|creat(?:e|ing)|make|applying)\b[^]{0,200}(?:cgroup|\[kubepods)[^]{0,300}?(?:cannot allocate memory|no space left on device)/,
  /\/sys\/fs\/cgroup\/memory\/\S*: (?:cannot allocate memory|no space left on device)/,
  /no space left on device - failed to create directory '\/sys\/fs\/cgroup\//,
);

/**
 * What a pod's surroundings lack: told before anything about an image, because a volume or a network plugin that fails
 * names hosts, permissions and timeouts of its own.
 */
export const nodeRules: readonly Rule[] = [
  { label: 'memory-cgroup', says: cgroupNotMade, unless: /\bwrite \S*cgroup\.procs|\bcpuset\.|inotify/ },
  {
    label: 'memory-cgroup',
    says: /slub: unable to allocate memory on node|memory\.kmem\S*: (?:cannot allocate memory|device or resource busy)/,
  },
  {
    label: 'fork-limit',
    says: anyOf(
      /(?:fork\/exec|fork|clone|pthread_create|newosproc|create new os thread|can't start new thread|cannot fork|start(?:ing)? container process)[^]{0,160}resource temporar/,
      /pthread_create failed(?!: (?!resource))/,
      /failed to create new os thread(?! \(have \d+ already; errno=(?!11\b))/,
      /can't start new thread/,
      /fork rejected by pids controller/,
      /runtime: may need to increase max user processes/,
      /fork: retry/,
    ),
  },
  {
    label: 'oom',
    says: anyOf(
      /\boom[- _]?kill(?:ed|ing)?\b(?!er)/,
      /\binvoked oom-killer\b/,
      /\bsystem oom encountered\b/,
      /\bcgroup out of mem/,
      /\bout of memory: kill(?:ed)? process\b/,
      /\btaskoom\b/,
      /\bcontainer oom\b/,
      /\bcreated an oom event\b/,
      /\boom: /,
      /\bcannot allocate memory\b/,
      /\bnot enough memory\b/,
    ),
    // An application that forks itself wants twice its memory for a moment; the kernel's overcommit says no.
    unless: /\bfork(?:\(\))?(?:: | failed[^]{0,60})cannot allocate memory/,
  },
  {
    label: 'mount-or-volume',
    says: anyOf(
      /\bmountvolume\.\w+ failed/,
      /\bmountdevice failed/,
      /\bmapvolume\.\w+ failed/,
      /\battachvolume\.\w+ failed/,
      /\bunable to (?:attach or )?mount volumes\b/,
      /\bunmounted volumes=\[/,
      /\bmulti-attach error\b/,
      /\bunmountvolume\.\w+ failed/,
      /error while creating mount source path/,
      /\bmount command failed\b/,
      /\bstale (?:nfs )?file handle\b/,
      /transport endpoint is not connected/,
      /timeout expired waiting for volumes to attach/,
      /\bmount failed: exit status/,
      /kubernetes\.io\/csi: /,
      /failed to generate spec: failed to (?:stat|mkdir|resolve symlink)\b/,
      /\bmount\.(?:nfs4?|cifs|ceph|glusterfs): /,
      /couldn't get (?:configmap|secret) \S+\//,
      /\bmounting "[^"]*" to rootfs\b/,
      /failed to (?:prepare subpath|create subpath)/,
    ),
    unless: /no space left on device/,
  },
  {
    label: 'cni',
    says: anyOf(
      /networkplugin cni failed/,
      /\bnetplugin failed\b/,
      /\bcni plugin not initialized/,
      /cni config uninitialized/,
      /unable to update cni config/,
      /no networks? (?:config )?found in \/etc\/cni/,
      /network plugin is not ready/,
      /kubenet does not have netconfig/,
      /networkpluginnotready/,
      /failed to (?:set ?up|setup|create|destroy|teardown|get) (?:the )?(?:pod )?(?:sandbox container )?network/,
      /failed to set up sandbox container/,
      /failed to setup network for sandbox/,
      /failed to find network info for sandbox/,
      /failed to find plugin "/,
      /plugin type="?[a-z0-9_-]+"? (?:name="?[^ ]+"? )?failed/,
      /error adding (?:pod|container) \S* ?to (?:cni )?network/,
      /(?:adding|add) (?:pod )?.{0,120} to cni network/,
      /no ip addresses available in (?:range set|network)/,
      /failed to (?:set|create) bridge\b/,
      /already has an ip address different from/,
      /check that the calico\/node container is running/,
      /unable to connect to cilium (?:daemon|agent)/,
      /failed to create cilium agent client/,
      /failed to assign an ip address to container/,
      /error in getting result from addnetwork/,
      /error invoking delegateadd/,
      /cni request failed with status/,
      /container veth name provided \(/,
      /unable to allocate ip address: post "?http:\/\/127\.0\.0\.1:6784/,
      /failed to allocate for range/,
      /\/opt\/cni\/bin/,
      /\/run\/flannel\/subnet\.env/,
    ),
  },
];

/** What keeps a runtime from an image, in this order. */
export const imageRules: readonly Rule[] = [
  {
    label: 'invalid-image-name',
    says: anyOf(
      /\binvalidimagename\b/,
      /couldn't parse image (?:reference|name|)/,
      /failed to apply default image tag/,
      /invalid reference format/,
      /could not parse reference/,
      /repository name must be (?:lowercase|canonical)/,
    ),
  },
  {
    label: 'disk-full',
    says: anyOf(
      /no space left on device/,
      /there is not enough space on the disk/,
      /\bdisk quota exceeded\b/,
      /insufficient free disk space on the node's image filesystem/,
      /failed to garbage collect required amount of images/,
      /low on resource: (?:ephemeral-storage|nodefs|imagefs)/,
      /\bfreediskspacefailed\b/,
    ),
    // ENOSPC and EDQUOT of other things than disks: watches, namespaces, semaphores, the kernel's keys.
    unless: anyOf(
      /inotify/,
      /fsnotify/,
      /\bwatch(?:es|er)?\b/,
      /\bunshar(?:e|ing)\b/,
      /fork\/exec/,
      /semget/,
      /shmget/,
      /msgget/,
      /keyring/,
      /keycreate/,
      /keyctl/,
      /session key/,
      /\ballocating lock\b/,
      /\bmounting \S+ to rootfs(?![^]{0,1000}\b(?:open|mkdir)(?:at)? \S+: no space left on device)/,
      /\/sys\/fs\/cgroup/,
      /cgroup\.procs/,
      /cpuset/,
    ),
  },
];

/** A name that the resolver did not give. Before the network: what cannot be resolved is not asked. */
export const dns: Rule = {
  label: 'dns',
  says: anyOf(
    /\bno such host\b/,
    /\bserver misbehaving\b/,
    /temporary failure in name resolution/,
    /name or service not known/,
    /could not resolve host/,
    /\blookup [a-z0-9._-]+(?: on \S+)?: (?:read|write|dial|i\/o|no |server|device|temporary|try again|context|unrecognized|dnsquery|cannot)/,
  ),
};

export const tls: Rule = {
  label: 'tls',
  says: anyOf(
    /\bx509:/,
    /\btls: (?!handshake timeout)/,
    /\bremote error: tls/,
    /http: server gave h(?:ttp response to https client)?/,
    /certificate (?:signed by unknown authority|has expired|verify failed|is not valid)/,
    /ssl routines/,
    /malformed http response "\\x15/,
  ),
  unless: /tls handshake timeout/,
};

/** 5xx: the registry was reached and is ill. */
export const registryIll = anyOf(
  /\b50\d (?:internal server error|bad gateway|service unavailable|gateway time-?out)/,
  /\b(?:5\d\d) (?:bad gateway|service (?:temporarily )?unavailable|internal server error)/,
  /received unexpected http status: 5\d\d/,
);

/** Nobody answers in time. */
export const timeOut = anyOf(
  /\bi\/o timeout/,
  /connection timed out/,
  /tls handshake timeout/,
  /client\.timeout exceeded/,
  /deadline exceeded/,
  /timeout awaiting/,
  /net\/http: request canceled/,
  /request canceled while waiting/,
);

/**
 * A proxy that does not let a connection through: Go's transport gives the words of its status alone, without the number
 * that a registry's answer has (golang/go, net/http/transport.go, dialConn; moby/moby#40507). Squid says what it is.
 */
const proxyRefuses = anyOf(
  /(?:head|get|post) "?https:\/\/[^\s"]+"?: (?:forbidden|proxy authentication required|method not allowed|bad gateway|service unavailable|gateway time-?out)(?![\w-])/,
  /\berr_(?:access_denied|cannot_forward|cache_access_denied)\b|\bsquid\/\d|x-squid-error/,
);

/**
 * Nobody answers, or somebody on the way says no. Only where a registry was asked: `context deadline exceeded` alone is
 * any slow step.
 */
export const network: Rule = {
  label: 'network-unreachable',
  says: anyOf(
    /connection refused/,
    /\bi\/o timeout/,
    /no route to host/,
    /network (?:is )?unreachable/,
    /host is (?:down|unreachable)/,
    /connection reset by peer/,
    /write: broken pipe/,
    /(?:connection|operation) timed out/,
    /forcibly closed/,
    /use of closed network connection/,
    /tls handshake timeout/,
    /client\.timeout exceeded/,
    /request canceled while waiting for connection/,
    /\bproxyconnect tcp\b/,
    /(?:failed to pull image "[^"]*":|errimagepull:) "?(?:rpc error: code = \w+ desc = )?(?:context deadline exceeded|net\/http: request canceled)/,
    /proxy authentication required/,
    proxyRefuses,
    /\bdial tcp\b[^]{0,300}context deadline exceeded/,
    /(?:head|get|post) "?https?:\/\/\S+: (?:context deadline exceeded|(?:unexpected )?eof\b|net\/http: request canceled|http2: |stream error)/,
    /timeout awaiting response headers/,
    /\bunexpected eof\b/,
    /failed to do request\b[^]{0,2000}deadline exceeded/,
    /: eof$/,
  ),
  // A runtime reads from its own child by a socket too.
  // What breaks off while a layer is unpacked was whole when it came.
  unless: /oci runtime \w+ failed|\bread init-p\b|failed to extract layer|error processing tar file/,
};

/** What the registry answered about the image, after everything that kept it from answering. */
export const answerRules: readonly Rule[] = [
  {
    label: 'unsupported-manifest',
    says: anyOf(
      /schema ?1 image manifests? (?:are|is) no longer supported/,
      /manifest\.v1\+(?:prettyjws|json)[^]{0,300}(?:no longer supported|not supported|unsupported)/,
      /docker image format v1/,
      /manifest version 2, schema 1 support/,
      /schema ?(?:version )?1[^]{0,60}(?:deprecat|unsupported|not supported|no longer)/,
      /no match for platform in (?:the )?manifest/,
      /no matching manifest for/,
      /no image found in (?:manifest list|image index) for/,
      /image operating system "?\w+"? cannot be used/,
      /image is incompatible with a \S+ host/,
      /unexpected media type/,
      /unsupported (?:manifest )?(?:media type|mediatype|manifest)/,
      /unknown (?:media|manifest) type/,
      /target\.mediatype must be set/,
      /missing or empty content-type header/,
      /unsupported schema version/,
      /encountered unknown type/,
      /not implemented: media type "/,
      /: no signatures(?! found)\b/,
      // distribution, manifest/schema2 and manifest/ocischema: what is declared is not what is inside.
      /\bmediatype in (?:manifest|image index|manifest list) should be\b/,
      /\bschema ?1 (?:support has been removed|manifests?\b[^]{0,60}(?:unsupported|not supported|deprecat))/,
    ),
  },
  {
    label: 'auth-or-missing',
    says: anyOf(
      /pull access denied/,
      /insufficient_scope/,
      /repository does not exist or may (?:require|be private)/,
      /\(or it may not exist\)/,
      /downloadartifacts\W{1,4}denied on resource/,
    ),
  },
  // Docker Hub's DENIED is said of repositories that do not exist as well; with its UNAUTHORIZED beside it, nobody was
  // logged in.
  { label: 'auth-or-missing', says: /requested access to the resource is denied/, unless: /\bunauthorized: / },
  {
    label: 'auth-required',
    says: anyOf(
      /\b401 unauthorized\b/,
      /\b403 forbidden\b/,
      /(?:https?:\S+|after attempts=\d+): denied\b/,
      /after attempts=\d+: forbidden\b/,
      /\bfrom registry 40[13]\b/,
      /\bhttp\.status(?:unauthorized|forbidden)\b/,
      /\((?:unauthorized|forbidden)\)/,
      /\bunauthenticated\b/,
      /\b(?:is )?not authorized (?:to|for)\b/,
      /\baccessdenied\b/,
      /\binvalid (?:credentials|token|bearer token)\b/,
      /\b(?:status|code|http|server error)(?: code)?:? 40[13]\b/,
      /(?<![\w./-])unauthorized(?![\w/-]|\.\w)/,
      /\bauthentication required\b/,
      /no basic auth credentials/,
      /incorrect username or password/,
      /invalid username\/password/,
      /authorization failed/,
      /\bdenied: /,
      /access (?:to the resource )?(?:is |was )?denied/,
      /\bstatus(?: code)?:? 40[13]\b/,
      /failed to authorize: [^]{0,1000}\b40[13]\b/,
      /unable to retrieve auth token/,
      /credentials? (?:are|is)? ?(?:invalid|expired|not found)/,
      /authorization token has expired/,
    ),
  },
  {
    label: 'not-found',
    says: anyOf(
      /manifest unknown/,
      /\bhttp\.statusnotfound\b/,
      /\bno such image\b/,
      /manifest for \S+ not found/,
      /name unknown/,
      /name_unknown/,
      /manifest_unknown/,
      /\b404 not found\b/,
      /\b(?:status|http)(?: code)?:? 404\b/,
      /(?:repository|artifact|image|tag) \S+ not found/,
      /(?:tag|image|artifact|repository|manifest)\b[^:]{0,80} (?:not found|does not exist|was not found)/,
      /failed to resolve (?:reference|image)[^]{0,2000}: not found/,
      /": \S+: not found$/,
      /from remote: not found/,
      /code = notfound desc = [^]{0,2000}not found/,
      /blob unknown/,
      /unknown blob/,
      /content at \S+ not found/,
      /project \S+ not found/,
    ),
    // A layer that is gone from the runtime's own store, a signature that is, and CRI-O's look for an image that it
    // then pulls.
    unless:
      /content digest \S+: not found|image verification failed|\bno valid signature\b|level=info msg="image \S+ not found/,
  },
];
