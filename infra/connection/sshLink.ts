/** An open SSH connection as a tunnel: each stream is a forward of its own. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { TidemarkDatabaseError } from './errors';
import type { Link, Target } from './links';

const DIAL_MILLISECONDS = 15_000;
const PROBE_MILLISECONDS = 10_000;
const MOST_UNANSWERED = 3;

export class SshLink implements Link {
  closed = false;
  private readonly probe: NodeJS.Timeout;

  constructor(
    private readonly client: Client,
    private readonly sock: Socket,
    private readonly host: string,
  ) {
    client.once('close', () => {
      this.closed = true;
      clearInterval(this.probe);
    });
    this.probe = this.watch();
  }

  /**
   * Asks now and then, so that a far end that is gone is noticed; any answer will do, a refusal as well. The library's own
   * way has a timer that would keep the process.
   */
  private watch(): NodeJS.Timeout {
    let unanswered = 0;
    return setInterval(() => {
      if (unanswered === MOST_UNANSWERED) return this.close();
      unanswered += 1;
      // Nothing is forwarded there, so that there is nothing to cancel.
      if (this.sock.writable) this.client.unforwardIn('', 0, () => (unanswered = 0));
    }, PROBE_MILLISECONDS).unref();
  }

  dial({ host, port }: Target): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const hint =
        'Check that the SSH host can reach the database, and that its configuration allows TCP forwarding.';
      const fail = (what: string, code: string, cause?: Error): void => {
        const message = `The SSH host ${this.host} ${what} ${host}:${port}.`;
        reject(new TidemarkDatabaseError(message, code, { cause, hint }));
      };
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        fail('got no answer from', 'ETIMEDOUT');
      }, DIAL_MILLISECONDS);
      try {
        this.client.forwardOut('127.0.0.1', 0, host, port, (cause, stream) => {
          clearTimeout(timer);
          if (cause !== undefined) return fail('cannot connect to', 'ECONNREFUSED', cause);
          if (late) stream.destroy();
          resolve(stream);
        });
      } catch (cause) {
        // The connection has just closed; the timer would keep the process.
        clearTimeout(timer);
        reject(cause);
      }
    });
  }

  hold(used: boolean): void {
    if (used) this.sock.ref();
    else this.sock.unref();
  }

  close(): void {
    this.closed = true;
    clearInterval(this.probe);
    this.sock.destroy();
  }
}
