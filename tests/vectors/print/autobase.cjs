// Prints every message of a base as the reference writes it, and what it reads from layouts that it no longer writes.
const load = require('module').createRequire(process.cwd() + '/')
const c = load('compact-encoding')
const m = load('autobase/lib/messages.js')
const caps = load('autobase/lib/caps.js')
const crypto = load('hypercore-crypto')
const { alone } = load('./autobase-scenario.cjs')

const hex = (bytes) => Buffer.from(bytes).toString('hex')
const key = (n) => Buffer.alloc(32, n)
const signature = (n) => Buffer.alloc(64, n)
const head = (n, length) => ({ key: key(n), length })

// JSON of a decoded message: bytes as hex, absent fields left out.
function plain (value) {
  if (value === undefined || value === null) return null
  if (Buffer.isBuffer(value) || value instanceof Uint8Array) return hex(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
}

const written = (codec, messages) => messages.map((message) => {
  const bytes = c.encode(codec, message)
  return { hex: hex(bytes), value: plain(c.decode(codec, bytes)) }
})

const read = (codec, list) => list.map((bytes) => ({ hex: hex(bytes), value: plain(c.decode(codec, bytes)) }))

const uint = (n) => c.encode(c.uint, n)
const node = (heads, batch, value) => Buffer.concat([
  uint(heads.length), ...heads.map((h) => Buffer.concat([h.key, uint(h.length)])), uint(batch), c.encode(c.optionalBuffer, value)
])

const checkpoint = (distance, n, length) => ({ checkpointer: distance, checkpoint: n ? { signature: signature(n), length } : null })
const oplog = (fields, value = Buffer.from('hi'), heads = [], batch = 1) => ({
  version: 2, checkpoint: null, digest: null, optimistic: false, trace: null, ...fields, node: { heads, batch, value }
})

const messages = [
  oplog({}),
  oplog({}, null),
  oplog({ optimistic: true }, Buffer.alloc(300, 1)),
  oplog({}, Buffer.from('x'), [head(1, 3), head(2, 70000)], 7),
  oplog({ digest: { pointer: 0, key: key(9) } }),
  oplog({ digest: { pointer: 252, key: null } }),
  oplog({ digest: { pointer: 253, key: null }, checkpoint: { system: null, encryption: null, user: null } }),
  oplog({ digest: { pointer: 1, key: null }, checkpoint: { system: checkpoint(0, 5, 12), encryption: null, user: [] } }),
  oplog({ checkpoint: { system: checkpoint(4, 0, 0), encryption: checkpoint(2, 0, 0), user: [checkpoint(1, 0, 0), checkpoint(0, 6, 4294967296), checkpoint(0, 0, 0)] } }, null, [head(3, 1)]),
  oplog({ trace: { system: [], encryption: [], user: [] } }),
  oplog({ digest: { pointer: 0, key: key(8) }, trace: { system: [1, 2], encryption: [300], user: [{ view: 0, blocks: [1, 2, 3] }, { view: 1, blocks: [] }] } })
]

const info = (fields) => ({
  version: 1, members: 0, pendingIndexers: [], indexers: [], heads: [], views: [], encryptionLength: 0, entropy: null, ...fields
})

const legacyCheckpoints = Buffer.concat([uint(2), uint(0), signature(4), uint(17), uint(3)])
const nothing = Buffer.concat([uint(3)])

const print = async () => process.stdout.write(JSON.stringify({
  oplog: written(m.OplogMessage, messages),
  oplogVersion1: read(m.OplogMessage, [
    Buffer.concat([uint(1), uint(1), uint(0), node([head(1, 2)], 1, Buffer.from('v1'))]),
    Buffer.concat([uint(1), uint(2), uint(3), legacyCheckpoints, uint(0), key(7), node([], 1, null)]),
    Buffer.concat([uint(1), uint(2), uint(1), uint(0), uint(5), node([], 2, Buffer.from('a'))])
  ]),
  oplogVersion0: read(m.OplogMessage, [
    Buffer.concat([uint(0), uint(0), node([head(1, 2)], 1, Buffer.from('v0')), nothing]),
    Buffer.concat([uint(0), uint(0), node([], 1, null), uint(0), uint(3), key(2), uint(9), uint(1)]),
    Buffer.concat([uint(0), uint(1), uint(0), uint(1), uint(0), key(1), key(2), legacyCheckpoints, node([], 1, null), nothing, uint(2)]),
    Buffer.concat([uint(0), uint(1), uint(6), legacyCheckpoints, node([head(4, 4)], 3, Buffer.from('b')), uint(0), uint(0)])
  ]),
  bootRecord: written(m.BootRecord, [
    { version: 3, key: key(1), systemLength: 0, indexersUpdated: false, fastForwarding: false, recoveries: 0 },
    { version: 3, key: key(2), systemLength: 1000, indexersUpdated: true, fastForwarding: true, recoveries: 2 }
  ]),
  bootRecordVersion0: read(m.BootRecord, [Buffer.concat([uint(0), key(3), uint(12), uint(1), key(4), uint(5)])]),
  info: written(m.Info, [
    info({}),
    info({ members: 3, pendingIndexers: [key(1), key(2)], indexers: [head(3, 4)], heads: [head(5, 6), head(3, 4)], views: [head(7, 300)] }),
    info({ version: 2, members: 1, indexers: [head(3, 4)], encryptionLength: 0 }),
    info({ version: 2, members: 1, indexers: [head(3, 4)], encryptionLength: 5, entropy: key(6) })
  ]),
  member: written(m.Member, [
    { isIndexer: false, isRemoved: false, length: 0 },
    { isIndexer: true, isRemoved: false, length: 300 },
    { isIndexer: false, isRemoved: true, length: 1 }
  ]),
  update: written(m.LinearizerUpdate, [
    { key: key(1), length: 5, batch: 1, systemLength: 9, indexers: false },
    { key: key(2), length: 70000, batch: 2, systemLength: 300, indexers: true }
  ]),
  updateKey: [0, 1, 250, 251, 70000, 4294967296].map((sequence) => ({ sequence, hex: hex(c.encode(m.LinearizerKey, sequence)) })),
  descriptor: written(m.EncryptionDescriptor, [{ type: 0, payload: key(1) }, { type: 1, payload: null }]),
  manifestData: written(m.ManifestData, [
    { version: 0, legacyBlocks: 0, namespace: null },
    { version: 0, legacyBlocks: 7, namespace: null },
    { version: 0, legacyBlocks: 0, namespace: key(3) }
  ]),
  heads: written(m.Clock, [[], [head(1, 0), head(2, 300)]]),
  namespaces: {
    signer: hex(caps.NS_SIGNER_NAMESPACE),
    viewBlockKey: hex(caps.NS_VIEW_BLOCK_KEY),
    hashKey: hex(caps.NS_HASH_KEY),
    encryption: hex(caps.NS_ENCRYPTION),
    genesisEntropy: hex(crypto.namespace('autobase/entropy', 2)[0]),
    entropy: hex(crypto.namespace('autobase/entropy', 2)[1])
  },
  alone: await alone(),
  encrypted: await alone({ encrypt: true })
}, null, 1) + '\n')

print()
