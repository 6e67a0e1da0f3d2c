import { request } from 'node:http';
import { createConnection } from 'node:net';

const patienceMs = 3000;

/** Whether dockerd of the node with this PID 1 answers; its socket is there before it does, held by systemd. */
export function dockerAnswers(init: number): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request(
      { socketPath: `/proc/${init}/root/run/docker.sock`, path: '/_ping', timeout: patienceMs },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    ping.on('timeout', () => ping.destroy()).on('error', () => resolve(false));
    ping.end();
  });
}

export function sshAnswers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection({ host: address, port: 22, timeout: patienceMs });
    const settle = (answers: boolean) => () => {
      connection.destroy();
      resolve(answers);
    };
    connection
      .once('data', settle(true))
      .once('timeout', settle(false))
      .once('error', settle(false))
      .once('close', settle(false));
  });
}
