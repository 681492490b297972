/** A stand-in for Systems Manager: an endpoint that answers StartSession, and an executable session-manager-plugin. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What must be seen nowhere but in the plugin's environment. */
export const TOKEN = 'hunter2-session-token';

export interface PluginRun {
  readonly pid: number;
  readonly args: readonly string[];
  /** /proc/PID/cmdline, as everybody on the machine reads it. */
  readonly cmdline: string;
  readonly response: unknown;
}

export interface StandInSsm {
  readonly endpoint: string;
  /** Folder of the plugin, for PATH. */
  readonly bin: string;
  /** What StartSession was asked. */
  readonly requests: unknown[];
  /** Error that StartSession answers with from now on. */
  refuse(name: string | undefined): void;
  /** How often the plugin has carried a session, and with what. */
  runs(): readonly PluginRun[];
  /** Process ids of the plugins that have ended their session, as they do on SIGINT. */
  ended(): readonly number[];
  stop(): void;
}

/**
 * The plugin takes its arguments as AWS's own does, opens a port and forwards it to `forwardTo`.
 * @param version What it says its version is.
 */
export async function startSsm(
  folder: string,
  forwardTo: number,
  version = '1.2.707.0',
): Promise<StandInSsm> {
  const bin = join(folder, 'bin');
  const log = join(folder, 'plugin.log');
  mkdirSync(bin, { recursive: true });
  writeFileSync(log, '');
  writeFileSync(`${log}.ended`, '');
  const program = join(bin, 'session-manager-plugin');
  writeFileSync(program, plugin(log, forwardTo, version));
  chmodSync(program, 0o755);
  const requests: unknown[] = [];
  let refusal: string | undefined;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      requests.push(JSON.parse(body));
      const answer =
        refusal === undefined
          ? { SessionId: 'ops-1', StreamUrl: 'wss://stream.test/ops-1', TokenValue: TOKEN }
          : { __type: refusal, message: `refused ${TOKEN}` };
      response.writeHead(refusal === undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bin,
    requests,
    refuse: (name) => {
      refusal = name;
    },
    runs: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as PluginRun),
    ended: () => readFileSync(`${log}.ended`, 'utf8').split('\n').filter(Boolean).map(Number),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function plugin(log: string, forwardTo: number, version: string): string {
  return `#!${process.execPath}
const [name, region, operation, profile, request, endpoint] = process.argv.slice(2);
if (name === '--version') {
  console.log(${JSON.stringify(version)});
  process.exit(0);
}
const fs = require('node:fs');
const net = require('node:net');
const response = name.startsWith('AWS_SSM_START_SESSION_RESPONSE') ? process.env[name] : name;
const { Target, Parameters } = JSON.parse(request);
fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify({
  pid: process.pid,
  args: process.argv.slice(2),
  cmdline: fs.readFileSync('/proc/self/cmdline', 'utf8'),
  response: JSON.parse(response),
}) + '\\n');
console.log('\\nStarting session with SessionId: ' + JSON.parse(response).SessionId);
if (Parameters.host[0] === 'broken.test') {
  console.log('SessionId ops-1 with ' + JSON.parse(response).TokenValue + ' was refused');
  process.exit(1);
}
// Ends by what ends any program, as AWS's own does before it carries a session.
if (Parameters.host[0] === 'slow.test') return void setInterval(() => undefined, 1000);
const server = net.createServer((socket) => {
  const far = net.connect(${forwardTo}, '127.0.0.1');
  socket.on('error', () => far.destroy());
  far.on('error', () => socket.destroy());
  socket.pipe(far).pipe(socket);
});
server.listen(0, 'localhost', () => {
  process.stdout.write('Port ' + server.address().port + ' opened for sessionId ops-1.');
  console.log('\\nWaiting for connections...');
});
process.on('SIGINT', () => {
  // In this order, as AWS's own: where nobody reads any more, it dies of the first line.
  fs.writeSync(1, 'Terminate signal received, exiting.\\n');
  fs.appendFileSync(${JSON.stringify(`${log}.ended`)}, process.pid + '\\n');
  process.exit(0);
});
`;
}
