// Compact encoding, ids and flat trees as the reference writes them.
const require_ = require('module').createRequire(process.cwd() + '/')
const c = require_('compact-encoding')
const flat = require_('flat-tree')
const z32 = require_('hypercore-id-encoding')
const hex = (b) => Buffer.from(b).toString('hex')
const enc = (type, values) => values.map((value) => ({ value: typeof value === 'bigint' ? value.toString() : value, hex: hex(c.encode(c[type], value)) }))
const uints = [0, 1, 250, 251, 252, 253, 255, 256, 65535, 65536, 16777216, 4294967295, 4294967296, Number.MAX_SAFE_INTEGER]

const out = {
  uint: enc('uint', uints),
  int: enc('int', [0, -1, 1, -2, 126, -126, -127, 127, 32767, -32768, 2147483647, -2147483648, 4294967296, -4294967296]),
  fixed: [
    ['uint8', 1, 255], ['uint16', 2, 65535], ['uint24', 3, 0x010203], ['uint32', 4, 0x01020304], ['uint40', 5, 0x0102030405],
    ['uint48', 6, 0x010203040506], ['uint56', 7, 0x01020304050607], ['uint64', 8, Number.MAX_SAFE_INTEGER]
  ].map(([type, size, value]) => ({ size, value, hex: hex(c.encode(c[type], value)) })),
  fixedInt: [['int8', 1, -3], ['int16', 2, -300], ['int24', 3, -70000], ['int32', 4, -70000], ['int40', 5, -70000], ['int48', 6, -70000], ['int56', 7, -70000], ['int64', 8, -70000]]
    .map(([type, size, value]) => ({ size, value, hex: hex(c.encode(c[type], value)) })),
  uint64be: enc('uint64be', [0, 1, 4294967296, Number.MAX_SAFE_INTEGER]),
  lexint: enc('lexint', [0, 250, 251, 255, 256, 65535, 65536, 16777215, 16777216, 4294967295, 4294967296 + 251, 2 ** 40, 2 ** 43]),
  biguint: enc('biguint', [0n, 1n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 70n, 2n ** 130n + 12345n]),
  bigint: enc('bigint', [0n, -1n, 1n, -(2n ** 70n), 2n ** 70n]),
  float64: enc('float64', [0, 1.5, -2.25, 1e300]),
  float32: enc('float32', [0, 1.5, -2.25]),
  bool: enc('bool', [true, false]),
  string: enc('string', ['', 'hello', 'nashi 梨', 'x'.repeat(300)]),
  buffer: ['', '00', '010203', 'ff'.repeat(260)].map((value) => ({ value, hex: hex(c.encode(c.buffer, Buffer.from(value, 'hex'))) })),
  bitarray: [[], [true], [true, false, true, true, false, false, false, false, true]].map((value) => ({ value, hex: hex(c.encode(c.bitarray, value)) })),
  uint32array: [{ value: [1, 2, 0xffffffff], hex: hex(c.encode(c.uint32array, new Uint32Array([1, 2, 0xffffffff]))) }],
  date: [0, 1700000000000, -1].map((value) => ({ value, hex: hex(c.encode(c.date, new Date(value))) })),
  ipv4Address: [{ host: '1.2.3.4', port: 49737, hex: hex(c.encode(c.ipv4Address, { host: '1.2.3.4', port: 49737 })) }],
  ipv6Address: ['::1', '2001:db8::ff00:42:8329'].map((host) => ({ host, port: 49737, hex: hex(c.encode(c.ipv6Address, { host, port: 49737 })) })),
  any: [null, true, 'x', 7, -1, 1.5, [1, [2, []]], { a: 1, b: 'x', c: [true, null, -1, 1.5], d: { e: {} } }].map((value) => ({ value, hex: hex(c.encode(c.any, value)) })),
  frame: [{ value: 5, hex: hex(c.encode(c.frame(c.uint), 5)) }],
  arrayOfUint: [{ value: [1, 300, 70000], hex: hex(c.encode(c.array(c.uint), [1, 300, 70000])) }],
  z32: ['00'.repeat(32), 'ff'.repeat(32), Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7 & 255)).toString('hex')]
    .map((value) => ({ value, z32: z32.encode(Buffer.from(value, 'hex')) })),
  flatTree: [0, 1, 2, 3, 5, 7, 8, 11, 23, 4194303, 123456789].map((index) => ({
    index, depth: flat.depth(index), offset: flat.offset(index), parent: flat.parent(index), sibling: flat.sibling(index),
    leftSpan: flat.leftSpan(index), rightSpan: flat.rightSpan(index), countLeaves: flat.countLeaves(index), children: flat.children(index)
  })),
  fullRoots: [0, 1, 2, 3, 5, 7, 8, 11, 100, 65535, 1000003].map((leaves) => ({ leaves, roots: flat.fullRoots(leaves * 2) }))
}
console.log(JSON.stringify(out, null, 1))
