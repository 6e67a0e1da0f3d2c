import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../test/private-root.ts';
import { problems } from '../problems/testing/all-problems.ts';
import { createLocalTransport } from '../transport/local/local-transport.ts';
import { readBundle, writeBundle } from './bundle.ts';
import { collectEvidence } from './collect.ts';
import type { Evidence } from './evidence.ts';

/**
 * Secrets of every form in every place that a probe opens, or passes by: configuration of logrotate, docker and
 * kubelet, command lines, what docker keeps of a container, and the logs themselves. Each holds the word PLANTED and a
 * number of its own, so that a leak tells where it came from.
 */
const plant = String.raw`
set -eu
# ---- logrotate: scripts, comments, mail, names
cat >/etc/logrotate.conf <<'END'
# password = PLANTED01secret
weekly
rotate 47
include /etc/logrotate.d
END
cat >/etc/logrotate.d/docker <<'END'
/var/lib/docker/containers/*/*-json.log {
  rotate 48
  postrotate
    curl -u ops:PLANTED02secret https://hooks.example/done
    curl -H "Authorization: Bearer PLANTED03secretsecret" https://hooks.example
    API_TOKEN=PLANTED04secret /usr/local/bin/notify --password PLANTED05secret
    wget https://ops:PLANTED06secret@hooks.example/done
    https_proxy=ops:PLANTED07secret@proxy:3128 curl https://hooks.example
    mysql -u root -pPLANTED28secret -e 'flush logs'; mysqladmin -uroot -p'PLANTED29secret' flush-logs
    docker login -u ci -p PLANTED30secret r.io && redis-cli -a PLANTED31secret ping
    crictl pull --creds ci:PLANTED32secret r.io/web:1; ldapsearch -x -D cn=admin -w PLANTED33secret
    echo PLANTED34secret | docker login -u ci --password-stdin r.io
    smbclient //files/x -U ops%PLANTED35secret -c 'put a'; zip -P PLANTED36secret a.zip /var/log/x
    curl -d @- https://hooks.slack.com/services/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
    curl 'https://logs.blob.core.windows.net/n/a?sv=2024-11-04&sp=rwl&sig=PLANTED38secret%3D'
    curl -H "X-Auth-Token: PLANTED39secretsecret" https://hooks.example
    kubectl create secret generic db --from-literal=value=PLANTED40secret
    mc alias set logs https://s3.example ops PLANTED41secret; vault login PLANTED42secret
  endscript
}
END
cat >/etc/logrotate.d/key <<'END'
/var/log/none {
  rotate 49
  prerotate
    cat >/dev/null <<KEY
-----BEGIN OPENSSH PRIVATE KEY-----
PLANTED08secretb3BlbnNzaC1rZXktdjEAAAAA
PLANTED09secretb3BlbnNzaC1rZXktdjEAAAAA==
-----END OPENSSH PRIVATE KEY-----
KEY
    export AWS_SECRET_ACCESS_KEY=PLANTED10secret
  endscript
}
END
mkdir -p /opt/rules
cat >/etc/logrotate.d/env <<'END'
/var/log/none2 {
  rotate 53
  lastaction
    cat <<ENV
    - name: DB_PASSWORD
      value: PLANTED43secret
    kind: Secret
    data:
      anything: PLANTED44secret
    client-key-data: PLANTED45secret
    <password>PLANTED46secret</password>
    machine files.example login ops password PLANTED47secret
    db.example:5432:app:app:PLANTED48secret
    Authorization = ["Basic PLANTED49secret"]
ENV
  endscript
}
END
printf 'include /opt/rules\n' >/etc/logrotate.d/more
printf '# {"auths":{"r.io":{"auth":"PLANTED11secret"}}}\n/var/log/x {\n rotate 50\n}\n' >/opt/rules/x

# ---- docker
mkdir -p /etc/docker
cat >/etc/docker/daemon.json <<'END'
{ "data-root": "/var/lib/docker",
  "log-opts": { "splunk-token": "PLANTED12secret", "max-size": "51m" },
  "proxies": { "http-proxy": "http://ops:PLANTED13secret@proxy:3128" } }
END
container=$(printf '%064d' 7)
mkdir -p /var/lib/docker/containers/"$container"
cd /var/lib/docker/containers/"$container"
cat >hostconfig.json <<'END'
{"Binds":["/run/PLANTED14secret:/x"],"LogConfig":{"Type":"json-file","Config":{"max-size":"52m","splunk-token":"PLANTED15secret"}}}
END
echo '{"Config":{"Env":["DB_PASSWORD=PLANTED16secret"],"Cmd":["PLANTED17secret"]}}' >config.v2.json
echo '{"log":"login with PLANTED18secret\n","stream":"stdout"}' >"$container-json.log"
mkdir -p /root/.docker
echo '{"auths":{"r.io":{"auth":"PLANTED19secret"}}}' >/root/.docker/config.json

# ---- kubelet, and the logs of pods
mkdir -p /var/lib/kubelet /etc/kubernetes /var/log/pods/shop_web_1/app
printf 'containerRuntimeEndpoint: unix:///run/containerd/containerd.sock\nstaticPodURLHeader:\n  Authorization: ["PLANTED20secret"]\n' >/var/lib/kubelet/config.yaml
echo 'users: [{user: {token: PLANTED21secret}}]' >/etc/kubernetes/kubelet.conf
echo 'login with PLANTED22secret' >/var/log/pods/shop_web_1/app/0.log

# ---- programs under their names, with secrets in arguments and environment
mkdir -p /usr/local/fakes
for name in dockerd kubelet containerd; do printf '#!/bin/sh\nsleep 3600\n' >"/usr/local/fakes/$name"; done
chmod 755 /usr/local/fakes/*
cd /
PLANTED=PLANTED23secret /usr/local/fakes/dockerd --http-proxy=http://ops:PLANTED24secret@proxy:1 --data-root=/var/lib/docker </dev/null >/dev/null 2>&1 &
PLANTED=PLANTED25secret /usr/local/fakes/kubelet --bootstrap-token PLANTED26secret --container-runtime-endpoint=unix:///run/containerd/containerd.sock </dev/null >/dev/null 2>&1 &
while [ "$(pgrep -cx 'dockerd|kubelet')" -lt 2 ]; do sleep 0.02; done
# ---- and where only the identity looks
echo PLANTED27secret >/etc/hostname
`;

let root: PrivateRoot;
let evidence: Evidence;
const folder = mkdtempSync(join(tmpdir(), 'nodemend-secrets-'));
beforeAll(async () => {
  root = await createPrivateRoot();
  root.run(plant);
  const target = { name: 'worker-1', address: 'localhost', identityFiles: [] };
  const transport = createLocalTransport({ enter: [...root.enter, 'setsid', '--wait'] });
  evidence = await collectEvidence({
    version: '1',
    problems: problems.map(({ meta }) => meta.id),
    nodes: [target],
    cluster: undefined,
    now: new Date(0),
    access: {
      transport,
      targets: [target],
      facts: problems.flatMap(({ facts }) => facts),
      signal: new AbortController().signal,
    },
  });
});
afterAll(async () => {
  await root.close();
  rmSync(folder, { recursive: true });
});

describe('secrets on a node', () => {
  test('are not in what was collected', () => {
    expect(JSON.stringify(evidence).match(/PLANTED\d\d/g)).toBeNull();
  });

  test('although what stands beside them is: these files were read', () => {
    const text = JSON.stringify(evidence);
    const [node] = evidence.nodes;
    expect(Object.entries(node?.sections ?? {}).filter(([, { state }]) => state !== 'seen')).toEqual([]);
    for (const marker of [
      'rotate 47',
      'rotate 48',
      'rotate 49',
      'rotate 50',
      'rotate 53',
      '52m',
      'hooks.example',
      'data-root',
      'containerd.sock',
      'json-file',
      '-json.log',
      'shop_web_1',
    ]) {
      expect(text, marker).toContain(marker);
    }
    expect(text).toContain('https://***:***@hooks.example/done');
  });

  test('are not in a bundle, plain or compressed, whatever is read back', async () => {
    for (const name of ['bundle.json', 'bundle.json.gz']) {
      const path = join(folder, name);
      await writeBundle(path, evidence);
      expect(JSON.stringify(await readBundle(path)).includes('PLANTED')).toBe(false);
    }
    expect(readFileSync(join(folder, 'bundle.json'), 'utf8')).not.toContain('PLANTED');
  });
});
