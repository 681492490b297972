/** A port forward of Systems Manager Session Manager: through an EC2 instance without public address and without key. */
import { connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TidemarkError } from '../model/error';
import { awsError, clientSettings } from './aws';
import type { Link, Target } from './links';
import { type Plugin, requirePlugin, type Session, startPlugin } from './plugin';

type Sdk = typeof import('@aws-sdk/client-ssm');

const DOCUMENT = 'AWS-StartPortForwardingSessionToRemoteHost';

export interface SsmWay {
  readonly instance: string;
  readonly region: string;
  readonly profile: string | undefined;
}

/** Starts a session to that host and port, which is all that this tunnel leads to. */
export async function openSsm(way: SsmWay, target: Target): Promise<Link> {
  requirePlugin();
  const { instance, region, profile } = way;
  // The plugin chooses the local port, so that nothing else can take it in between.
  const request = {
    Target: instance,
    DocumentName: DOCUMENT,
    Parameters: { host: [target.host], portNumber: [String(target.port)] },
  };
  const session = await startSession(way, request);
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = process.env['AWS_ENDPOINT_URL_SSM'] ?? `https://ssm.${region}.${suffix}`;
  try {
    return new SsmLink(await startPlugin({ session, region, profile, request, endpoint }));
  } catch (cause) {
    await endSession(way, session);
    throw cause;
  }
}

/** Nobody is in the session: it would stay open until it times out. */
async function endSession({ region, profile }: SsmWay, { SessionId }: Session): Promise<void> {
  const sdk = require('@aws-sdk/client-ssm') as Sdk;
  const client = new sdk.SSMClient(clientSettings(region, profile));
  try {
    await client.send(new sdk.TerminateSessionCommand({ SessionId }));
  } catch {
    // Why there is no tunnel is what has to be told.
  } finally {
    client.destroy();
  }
}

async function startSession({ instance, region, profile }: SsmWay, request: object): Promise<Session> {
  const sdk = require('@aws-sdk/client-ssm') as Sdk;
  const client = new sdk.SSMClient(clientSettings(region, profile));
  const call = { action: 'ssm:StartSession', target: `the instance ${instance}`, region };
  try {
    const { SessionId, StreamUrl, TokenValue } = await client.send(
      new sdk.StartSessionCommand({ Target: instance, ...request }),
    );
    if (SessionId !== undefined && StreamUrl !== undefined && TokenValue !== undefined) {
      return { SessionId, StreamUrl, TokenValue };
    }
  } catch (cause) {
    throw awsError(cause, call);
  } finally {
    client.destroy();
  }
  throw new TidemarkError(`${call.action} for ${call.target} in ${region} returned no session.`, {
    hint: 'Run again. If this happens again, start a session with `aws ssm start-session` to find the reason.',
  });
}

class SsmLink implements Link {
  closed = false;

  constructor(private readonly plugin: Plugin) {
    const { child } = plugin;
    child.once('exit', () => {
      this.closed = true;
    });
    if (child.exitCode !== null || child.signalCode !== null) this.closed = true;
    // From here on only the streams through it keep this process.
    child.unref();
    for (const pipe of child.stdio) if (pipe instanceof Socket) pipe.unref();
  }

  dial(): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: 'localhost', port: this.plugin.port, noDelay: true });
      const fail = (cause: Error): void => {
        // Nobody listens there: the plugin has gone, though its end has not been told yet.
        this.close();
        reject(cause);
      };
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.off('error', fail);
        resolve(socket);
      });
    });
  }

  hold(): void {
    // Nothing: the sockets to the plugin keep the process by themselves.
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.plugin.end();
  }
}
