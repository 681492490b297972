/** The way through a SOCKS5 proxy that the real provider takes when PGPROXY names one. */
import { connect, type Socket } from 'node:net';

function read(socket: Socket, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const attempt = (): void => {
      const bytes = socket.read(length) as Buffer | null;
      if (bytes === null) return;
      socket.off('readable', attempt).off('error', reject).off('end', ended);
      resolve(bytes);
    };
    const ended = (): void => reject(new Error('the proxy closed the connection'));
    socket.on('readable', attempt).on('error', reject).on('end', ended);
    attempt();
  });
}

/** What makes a client connect through PGPROXY (`socks5://host:port`), by the host's own name; nothing without it. */
export async function throughProxy(host: string, port: number): Promise<{ stream?: () => Socket }> {
  const proxy = process.env['PGPROXY'];
  if (proxy === undefined || proxy === '') return {};
  const { hostname, port: proxyPort } = new URL(proxy);
  const socket = connect(Number(proxyPort), hostname);
  socket.write(Buffer.from([5, 1, 0]));
  await read(socket, 2);
  const name = Buffer.from(host);
  const ending = Buffer.from([port >> 8, port & 255]);
  socket.write(Buffer.concat([Buffer.from([5, 1, 0, 3, name.length]), name, ending]));
  const answer = await read(socket, 4);
  if (answer[1] !== 0) throw new Error(`the proxy could not connect to ${host}:${port}`);
  // The address it is bound to, which nobody needs: 4 or 16 bytes, and a port.
  await read(socket, (answer[3] === 4 ? 16 : 4) + 2);
  socket.connect = () => {
    setImmediate(() => socket.emit('connect'));
    return socket;
  };
  return { stream: () => socket };
}
