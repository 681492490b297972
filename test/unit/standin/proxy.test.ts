/** Which way the stand-in for Pulumi's PostgreSQL provider takes: that of golang.org/x/net/proxy. */
import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../standin/postgresql/proxy';

const ALL_PROXY = 'socks5://tidemark:secret@127.0.0.1:1234';
const HOST = 'db.c1x2.eu-central-1.rds.amazonaws.com';

describe('the proxy of a host', () => {
  it('is that of ALL_PROXY, with user and password', () => {
    expect(proxyFor(HOST, { ALL_PROXY })).toMatchObject({
      hostname: '127.0.0.1',
      port: '1234',
      username: 'tidemark',
      password: 'secret',
    });
    expect(proxyFor(HOST, { ALL_PROXY: '', all_proxy: ALL_PROXY })?.port).toBe('1234');
    // Nobody released a provider that knows these.
    expect(proxyFor(HOST, { PGPROXY: ALL_PROXY, HTTPS_PROXY: ALL_PROXY })).toBeUndefined();
  });

  it('is none where ALL_PROXY is no SOCKS5 server', () => {
    for (const text of ['', 'http://proxy:3128', 'proxy'])
      expect(proxyFor(HOST, { ALL_PROXY: text })).toBeUndefined();
  });

  it.each([
    ['*.amazonaws.com', HOST, true],
    ['localhost, *.com', HOST, true],
    [`*.${HOST}`, HOST, true],
    [HOST, HOST, true],
    [`${HOST}.`, HOST, true],
    ['amazonaws.com', HOST, false],
    ['.amazonaws.com', HOST, false],
    ['*', HOST, false],
    ['*.azonaws.com', HOST, false],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.0.0.0/8', HOST, false],
  ])('NO_PROXY=%s, %s: past the proxy is %s', (NO_PROXY, host, past) => {
    expect(proxyFor(host, { ALL_PROXY, NO_PROXY }) === undefined).toBe(past);
    expect(proxyFor(host, { ALL_PROXY, no_proxy: NO_PROXY }) === undefined).toBe(past);
  });
});
