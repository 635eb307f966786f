import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isPublicAddress, parseAllowed } from './address-rule.ts';

const octet = fc.integer({ min: 0, max: 255 });
const group = fc.integer({ min: 0, max: 0xffff });

/** Ranges of IPv4 as numbers, by themselves: not the rule's own list. */
const closed: readonly [name: string, first: string, last: string][] = [
  ['this network', '0.0.0.0', '0.255.255.255'],
  ['private', '10.0.0.0', '10.255.255.255'],
  ['carrier-grade NAT', '100.64.0.0', '100.127.255.255'],
  ['loopback', '127.0.0.0', '127.255.255.255'],
  ['link-local, metadata', '169.254.0.0', '169.254.255.255'],
  ['private', '172.16.0.0', '172.31.255.255'],
  ['protocol assignments', '192.0.0.0', '192.0.0.255'],
  ['documentation', '192.0.2.0', '192.0.2.255'],
  ['private', '192.168.0.0', '192.168.255.255'],
  ['benchmarks', '198.18.0.0', '198.19.255.255'],
  ['documentation', '198.51.100.0', '198.51.100.255'],
  ['documentation', '203.0.113.0', '203.0.113.255'],
  ['multicast, reserved, broadcast', '224.0.0.0', '255.255.255.255'],
];
const numberOf = (v4: string) => v4.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const textOf = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
const hex = (n: number) => n.toString(16);
/** Every way of writing it that means the same IPv4 machine. */
const written = (v4: string): string[] => {
  const n = numberOf(v4);
  const groups = `${hex(Math.floor(n / 65_536))}:${hex(n % 65_536)}`;
  return [v4, `::ffff:${v4}`, `::ffff:${groups}`, `0:0:0:0:0:ffff:${groups}`, `64:ff9b::${groups}`];
};

describe('the address rule', () => {
  for (const [name, first, last] of closed) {
    it(`refuses ${first} to ${last} (${name}), however it is written`, () => {
      const any = fc.integer({ min: numberOf(first), max: numberOf(last) });
      for (const edge of [first, last])
        for (const text of written(edge)) assert.equal(isPublicAddress(text), false, text);
      fc.assert(
        fc.property(any, (n) => written(textOf(n >>> 0)).every((text) => !isPublicAddress(text))),
        { numRuns: 300 },
      );
    });
  }

  it('lets every other address of IPv4 be asked, however it is written', () => {
    const open = fc
      .tuple(octet, octet, octet, octet)
      .map((parts) => parts.join('.'))
      .filter(
        (v4) =>
          !closed.some(
            ([, first, last]) => numberOf(v4) >= numberOf(first) && numberOf(v4) <= numberOf(last),
          ),
      )
      .filter((v4) => !/^(192\.(31\.196|52\.193|88\.99|175\.48)\.|168\.63\.129\.16$)/.test(v4));
    fc.assert(
      fc.property(open, (v4) => written(v4).every(isPublicAddress)),
      { numRuns: 2_000 },
    );
  });

  it('refuses IPv6 outside of what is given out, and what in it is special', () => {
    const rest = fc.tuple(group, group, group, group, group, group, group);
    const outside = fc
      .tuple(
        group.filter((first) => first < 0x2000 || first > 0x3fff),
        rest,
      )
      .map(([first, others]) => [first, ...others].map(hex).join(':'))
      .filter((text) => !/^(0:0:0:0:0:ffff|64:ff9b:0:0:0:0):/.test(text));
    fc.assert(
      fc.property(outside, (text) => !isPublicAddress(text)),
      { numRuns: 2_000 },
    );
    for (const text of [
      '::',
      '::1',
      'fe80::1',
      'fe80::1%eth0',
      'fc00::1',
      'fd00:ec2::254',
      'ff02::1',
      'fec0::1',
    ])
      assert.equal(isPublicAddress(text), false, text);
    for (const text of [
      '2001:db8::1',
      '2001::1',
      '2002:7f00:1::',
      '2002:a00:1::1',
      '3fff::1',
      '64:ff9b:1::1',
      '::127.0.0.1',
    ])
      assert.equal(isPublicAddress(text), false, text);
  });

  it('lets public IPv6 be asked', () => {
    for (const text of ['2606:4700::1111', '2a00:1450:4001::1', '2001:4860:4860::8888', '2400:cb00::1'])
      assert.equal(isPublicAddress(text), true, text);
  });

  it('refuses what is no address', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => isIP(text) === 0),
        (text) => !isPublicAddress(text),
      ),
    );
    for (const text of [
      '',
      'localhost',
      '1.2.3',
      '0x7f.1',
      '2130706433',
      '1.2.3.4.5',
      '::ffff:1.2.3',
      '0177.0.0.1',
    ])
      assert.equal(isPublicAddress(text), false, text);
  });

  it('knows the metadata addresses of clouds', () => {
    for (const text of [
      '169.254.169.254',
      'fd00:ec2::254',
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
    ])
      assert.equal(isPublicAddress(text), false, text);
  });
});

describe('what an operator allows', () => {
  it('is networks, addresses and names', () => {
    const allowed = parseAllowed(['10.1.0.0/16', '127.0.0.1', 'fd12::/16', 'intranet.example.org']);
    for (const text of ['10.1.2.3', '::ffff:10.1.2.3', '127.0.0.1', 'fd12::7'])
      assert.equal(allowed.address(text), true, text);
    for (const text of ['10.2.0.1', '127.0.0.2', 'fd13::7', '::1', 'intranet.example.org', '::ffff:10.2.0.1'])
      assert.equal(allowed.address(text), false, text);
    assert.equal(allowed.host('Intranet.Example.org'), true);
    assert.equal(allowed.host('x.intranet.example.org'), false);
  });

  it('is refused when it cannot be read, by name', () => {
    for (const entry of [
      '10.0.0.0/33',
      '10.0.0.0/x',
      '10.0.0',
      '::/129',
      'a b',
      '',
      'http://x',
      '10.0.0.0/8/8',
    ])
      assert.throws(() => parseAllowed([entry]), /outbound\.allowPrivate/, entry);
  });
});
