/** The way through a proxy that the real provider takes, with the rules of golang.org/x/net/proxy. */
import { BlockList, isIP, type Socket } from 'node:net';
import { SocksClient } from 'socks';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy for a host; undefined: directly, as for any URL that is not one of a SOCKS5 server. */
export function proxyFor(host: string, environment: Environment = process.env): URL | undefined {
  const text = environment['ALL_PROXY'] || environment['all_proxy'] || '';
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy === undefined || !['socks5:', 'socks5h:'].includes(proxy.protocol)) return undefined;
  const entries = (environment['NO_PROXY'] || environment['no_proxy'] || '').split(',');
  return entries.some((entry) => takesIn(entry.trim(), host)) ? undefined : proxy;
}

/** Whether an entry of NO_PROXY is meant for a host: an address, a range, `*.zone` or a name. It looks up no names. */
function takesIn(entry: string, host: string): boolean {
  const [address = '', prefix] = entry.split('/');
  if (isIP(address) !== 0) return isIP(host) !== 0 && contains(address, prefix, host);
  if (isIP(host) !== 0 || entry.includes('/')) return false;
  if (!entry.startsWith('*.')) return entry.replace(/\.$/, '') === host;
  return `.${host}`.endsWith(entry.slice(1).replace(/\.$/, ''));
}

function contains(address: string, prefix: string | undefined, host: string): boolean {
  const family = (ip: string): 'ipv4' | 'ipv6' => (isIP(ip) === 6 ? 'ipv6' : 'ipv4');
  const list = new BlockList();
  if (prefix === undefined) list.addAddress(address, family(address));
  else list.addSubnet(address, Number(prefix), family(address));
  return list.check(host, family(host));
}

/** What makes a client connect through the proxy of the environment, by the host's own name; nothing without one. */
export async function throughProxy(host: string, port: number): Promise<{ stream?: () => Socket }> {
  const proxy = proxyFor(host);
  if (proxy === undefined) return {};
  const { socket } = await SocksClient.createConnection({
    command: 'connect',
    destination: { host, port },
    timeout: 30_000,
    proxy: {
      type: 5,
      host: proxy.hostname,
      port: Number(proxy.port || 1080),
      userId: decodeURIComponent(proxy.username),
      password: decodeURIComponent(proxy.password),
    },
  });
  // `pg` connects the stream that it is given; this one is connected already.
  socket.connect = () => {
    setImmediate(() => socket.emit('connect'));
    return socket;
  };
  return { stream: () => socket };
}
