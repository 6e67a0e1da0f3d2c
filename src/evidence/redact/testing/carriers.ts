/** What a thing is put into: the files and messages in which nodemend meets it. */
export interface Carrier<Thing> {
  readonly name: string;
  readonly put: (thing: Thing) => string;
}

export interface KeyedValue {
  readonly key: string;
  readonly value: string;
}

/** `DB_PASSWORD` and `clientSecret` as an option has it: `--db-password`, `--client-secret`. */
function optionOf(key: string): string {
  return key
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll(/[_.]/g, '-')
    .toLowerCase();
}

/** Where a value stands behind a key. */
export const valueCarriers: readonly Carrier<KeyedValue>[] = [
  { name: 'environment file', put: ({ key, value }) => `LEVEL=info\n${key}=${value}\nPATH=/usr/bin\n` },
  {
    name: 'Environment of a unit',
    put: ({ key, value }) => `[Service]\nEnvironment="${key}=${value}"\nExecStart=/usr/bin/dockerd\n`,
  },
  { name: 'daemon.json', put: ({ key, value }) => `{\n  "log-opts": { "max-size": "10m", "${key}": "${value}" }\n}\n` },
  { name: 'config.toml', put: ({ key, value }) => `[plugins."x"]\n  ${key} = "${value}"\n  debug = false\n` },
  { name: 'YAML', put: ({ key, value }) => `spec:\n  ${key}: ${value}\n  level: info\n` },
  { name: 'JSON in a string', put: (thing) => JSON.stringify({ last: JSON.stringify({ [thing.key]: thing.value }) }) },
  { name: 'command line', put: ({ key, value }) => `/usr/bin/kubelet --v=2 --${optionOf(key)}=${value} --config=/x\n` },
  {
    name: 'kubelet environment file',
    put: ({ key, value }) => `ARGS="--v=2 --${optionOf(key)} ${value} --config=/x"\n`,
  },
  {
    name: 'rotation script',
    put: ({ key, value }) => `/var/log/x {\n  postrotate\n    ${key}='${value}' /usr/bin/notify\n  endscript\n}\n`,
  },
  { name: 'crontab', put: ({ key, value }) => `${key}=${value}\n*/5 * * * * root /usr/bin/notify\n` },
  {
    name: 'event',
    put: ({ key, value }) => `Error: container failed: ${key}=${value}: exit status 1, back-off 40s restarting\n`,
  },
  { name: 'env list', put: ({ key, value }) => `  env:\n  - name: ${key}\n    value: ${value}\n` },
];

/** Where a value stands alone, that tells by itself what it is. */
export const bareCarriers: readonly Carrier<string>[] = [
  { name: 'environment file', put: (value) => `ENDPOINT=${value}\nLEVEL=info\n` },
  { name: 'Environment of a unit', put: (value) => `[Service]\nEnvironment="ENDPOINT=${value}"\n` },
  { name: 'daemon.json', put: (value) => `{ "labels": ["a=b"], "log-opts": { "tag": "${value}" } }\n` },
  { name: 'config.toml', put: (value) => `  endpoint = ["${value}"]\n` },
  { name: 'YAML', put: (value) => `endpoint: ${value}\nlevel: info\n` },
  { name: 'command line', put: (value) => `/usr/bin/agent -x ${value} --once\n` },
  { name: 'rotation script', put: (value) => `  postrotate\n    /usr/bin/notify '${value}' || true\n  endscript\n` },
  { name: 'crontab', put: (value) => `*/5 * * * * root /usr/bin/notify ${value} >/dev/null\n` },
  {
    name: 'event',
    put: (value) => `Failed to pull image: failed to do request: Head "${value}": dial tcp: lookup x\n`,
  },
  { name: 'JSON in a string', put: (value) => JSON.stringify({ last: JSON.stringify({ endpoint: value }) }) },
];

/** As a shell splits a line; quotes are its own. */
function wordsOf(line: string): readonly string[] {
  return (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) => word.replaceAll(/['"]/g, ''));
}

/** Where a command stands. */
export const commandCarriers: readonly Carrier<string>[] = [
  { name: 'rotation script', put: (line) => `/var/log/x {\n  postrotate\n    ${line}\n  endscript\n}\n` },
  { name: 'crontab', put: (line) => `SHELL=/bin/sh\n*/5 * * * * root ${line} >/dev/null 2>&1\n` },
  { name: 'unit', put: (line) => `[Service]\nExecStartPre=/usr/bin/${line}\n` },
  {
    name: 'event',
    put: (line) => `Exec lifecycle hook ([/bin/sh -c ${line}]) for Container "web" in Pod "web-1" failed\n`,
  },
  { name: 'args as JSON', put: (line) => `{"Path":"sh","Args":["-c",${JSON.stringify(line)}]}\n` },
  {
    name: 'words as JSON',
    put: (line) => JSON.stringify({ Cmd: wordsOf(line) }),
  },
  { name: 'command of a pod', put: (line) => `    command:\n    - /bin/sh\n    - -c\n    - |\n      ${line}\n` },
];
