import { isPublicAddress } from '../../../src/common/guarded-fetch';

describe('an address of a host of the Internet', () => {
  it.each([
    '8.8.8.8',
    '54.239.28.85',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::1',
  ])('is %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.1.2.3'],
    ...[
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
      '192.0.0.8',
      '192.0.2.1',
      '192.168.0.1',
      '198.18.0.1',
    ],
    ...['198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:10.0.0.1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::127.0.0.1', '::10.0.0.1'],
    // NAT64, local NAT64, 6to4, Teredo, ORCHID, documentation, benchmarks.
    ...['64:ff9b::a00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '2002:a00:1::', '2002:7f00:1::1', '2001::1'],
    ...[
      '2001:20::1',
      '2001:2::1',
      '2001:db8::1',
      '3fff::1',
      '100::1',
      'fc00::1',
      'fd12::1',
      'fe80::1',
      'fec0::1',
    ],
    ...['ff02::1', '4000::1', '5f00::1', 'fe80::1%eth0', '', 'localhost', '1', '::ffff:8.8.8.8.8'],
  ])('is not %s', (address) => expect(isPublicAddress(address)).toBe(false));

  it('may be an IPv4 one that is written as an IPv6 one', () =>
    expect(isPublicAddress('::ffff:8.8.8.8')).toBe(true));
});
