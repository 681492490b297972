/**
 * How the stand-in's PostgreSQL asks whether an IAM token is good: RDS asks through a PAM module of its own, a stock
 * PostgreSQL can ask an LDAP server with a simple bind, whose password may be as long as a token. No other request of
 * the protocol is answered.
 */
import { createServer, type Server, type Socket } from 'node:net';

/** Whether that password lets in the name `cn=<user>,ou=<server>`. */
export type Judge = (user: string, server: string, password: string) => boolean;

const SEQUENCE = 0x30;
const BIND_REQUEST = 0x60;
const SIMPLE = 0x80;
const SUCCESS = 0;
const INVALID_CREDENTIALS = 49;

interface Element {
  readonly tag: number;
  readonly value: Buffer;
  /** Where the next element begins. */
  readonly end: number;
}

/** The BER element at an offset, or null while it has not all arrived. */
function elementAt(bytes: Buffer, offset: number): Element | null {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) return null;
  const more = first < 0x80 ? 0 : first & 0x7f;
  const start = offset + 2 + more;
  if (bytes.length < start) return null;
  const length = more === 0 ? first : bytes.readUIntBE(offset + 2, more);
  if (bytes.length < start + length) return null;
  return { tag, value: bytes.subarray(start, start + length), end: start + length };
}

function elements(bytes: Buffer): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = elementAt(bytes, at);
    if (next === null) break;
    found.push(next);
    at = next.end;
  }
  return found;
}

function encode(tag: number, value: Buffer): Buffer {
  // Every answer is short.
  return Buffer.concat([Buffer.from([tag, value.length]), value]);
}

function bindResponse(id: Buffer, code: number): Buffer {
  const result = Buffer.concat([
    encode(0x0a, Buffer.from([code])),
    encode(0x04, Buffer.alloc(0)),
    encode(0x04, Buffer.alloc(0)),
  ]);
  return encode(SEQUENCE, Buffer.concat([encode(0x02, id), encode(0x61, result)]));
}

function answer(socket: Socket, message: Buffer, judge: Judge): void {
  const [id, operation] = elements(message);
  if (id === undefined || operation?.tag !== BIND_REQUEST) {
    socket.end();
    return;
  }
  const [, name, credentials] = elements(operation.value);
  const found = /^cn=(.*),ou=([^,]*)$/.exec(name?.value.toString('utf8') ?? '');
  const good =
    found !== null &&
    credentials?.tag === SIMPLE &&
    judge(found[1] ?? '', found[2] ?? '', credentials.value.toString('utf8'));
  socket.write(bindResponse(id.value, good ? SUCCESS : INVALID_CREDENTIALS));
}

/** Listens on a free port of 127.0.0.1. */
export function ldapServer(judge: Judge): Promise<Server> {
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let next = elementAt(bytes, 0); next !== null; next = elementAt(bytes, 0)) {
        bytes = bytes.subarray(next.end);
        answer(socket, next.value, judge);
      }
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
