import type { DaemonFault } from './daemon-config.ts';

/**
 * The options that each log driver takes, of all releases from 17.12 to 28 together (`ValidateLogOpt` of each folder of
 * moby's daemon/logger; `fixtures/log-options.jsonl` has them release by release). Drivers that are not here are
 * plugins.
 */
const optionsOfDriver: Readonly<Record<string, ReadonlySet<string> | 'any'>> = {
  awslogs: words(`awslogs-create-group awslogs-credentials-endpoint awslogs-datetime-format awslogs-endpoint
    awslogs-force-flush-interval-seconds awslogs-format awslogs-group awslogs-max-buffered-events
    awslogs-multiline-pattern awslogs-region awslogs-stream tag`),
  fluentd: words(`env env-regex fluentd-address fluentd-async fluentd-async-connect fluentd-async-reconnect-interval
    fluentd-buffer-limit fluentd-max-retries fluentd-request-ack fluentd-retry-wait fluentd-sub-second-precision
    fluentd-write-timeout labels labels-regex tag`),
  gcplogs: words('env env-regex gcp-log-cmd gcp-meta-id gcp-meta-name gcp-meta-zone gcp-project labels labels-regex'),
  gelf: words(`env env-regex gelf-address gelf-compression-level gelf-compression-type gelf-tcp-max-reconnect
    gelf-tcp-reconnect-delay labels labels-regex tag`),
  journald: words('env env-regex labels labels-regex tag'),
  'json-file': words('compress env env-regex labels labels-regex max-file max-size tag'),
  local: words('compress max-file max-size'),
  // Compares an option with itself; gone since 25.0.
  logentries: 'any',
  // Takes anything without a look.
  none: 'any',
  splunk: words(`env env-regex labels labels-regex splunk-caname splunk-capath splunk-format splunk-gzip
    splunk-gzip-level splunk-index splunk-index-acknowledgment splunk-insecureskipverify splunk-source
    splunk-sourcetype splunk-token splunk-url splunk-verify-connection tag`),
  syslog: words(`env env-regex labels labels-regex syslog-address syslog-facility syslog-format syslog-tls-ca-cert
    syslog-tls-cert syslog-tls-key syslog-tls-skip-verify tag`),
};

/** What dockerd keeps for itself of the options of every driver. */
const commonOptions = words('cache-compress cache-disabled cache-max-file cache-max-size max-buffer-size mode');

/** Options without which these drivers refuse the others. */
const neededOption: Readonly<Record<string, string>> = {
  awslogs: 'awslogs-group',
  gelf: 'gelf-address',
  logentries: 'logentries-token',
};

/**
 * What keeps dockerd from starting with these log options (`ValidateLogOpts` in moby's daemon/logger/factory.go): they
 * are the driver's own. Without a single option it does not look, not even for the driver. What an address, a facility
 * or a format may hold is not looked at here.
 */
export function logOptionFault(driver: string, options: ReadonlyMap<string, string>): DaemonFault | undefined {
  if (driver === 'none') return undefined;
  const known = optionsOfDriver[driver];
  if (known === undefined) return { state: 'broken', why: 'log-driver', what: driver };
  if (options.size === 0) return undefined;
  const odd = valueFault(options);
  if (odd !== undefined) return { state: 'broken', why: 'log-value', what: odd };
  const names = [...options.keys()];
  const foreign = known === 'any' ? undefined : names.find((name) => !known.has(name) && !commonOptions.has(name));
  if (foreign !== undefined) return { state: 'broken', why: 'log-option', what: foreign, driver };
  const needed = neededOption[driver];
  return needed === undefined || (options.get(needed) ?? '') !== ''
    ? undefined
    : { state: 'broken', why: 'log-option-missing', what: needed, driver };
}

/** An option for every driver whose value dockerd does not take, with the value. */
function valueFault(options: ReadonlyMap<string, string>): string | undefined {
  const mode = options.get('mode') ?? '';
  const buffer = options.get('max-buffer-size');
  const disabled = options.get('cache-disabled') ?? '';
  if (!['', 'blocking', 'non-blocking'].includes(mode)) return `mode: ${mode}`;
  if (buffer !== undefined && mode !== 'non-blocking') return 'max-buffer-size, mode: blocking';
  // units.RAMInBytes
  if (buffer !== undefined && !/^[\d.]+ ?[kmgtp]?i?b?$/iu.test(buffer)) return `max-buffer-size: ${buffer}`;
  // strconv.ParseBool. Older probes masked it.
  if (!/^(?:|\*{3}|[01tTfF]|true|TRUE|True|false|FALSE|False)$/u.test(disabled)) return `cache-disabled: ${disabled}`;
  return undefined;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/u));
}
