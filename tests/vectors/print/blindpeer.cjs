// Prints golden vectors of the blind peer family: every message that crosses the wire, and which blind peers a target chooses.
const load = require('module').createRequire(process.cwd() + '/')
const { schema } = load('blind-peer-encodings')
const muxer = load('blind-peer-muxer/spec/hyperschema')
const distance = load('xor-distance')

const hex = (b) => b && Buffer.from(b).toString('hex')
const bytes = (n) => Buffer.alloc(32, n)

const requests = []
for (const referrer of [null, bytes(9)]) {
  for (const priority of [0, 1, 2, 300]) {
    for (const announce of [false, true]) requests.push({ referrer, priority, announce })
  }
}

const print = (name, value) => hex(schema.encode('@blind-peer/' + name, value))
const many = [[], [[1, 0]], [[1, 5], [2, 300], [3, 70000]]]

const addCores = requests.map((r, i) => {
  const cores = many[i % many.length].map(([n, length]) => ({ key: bytes(n), length }))
  return {
    referrer: hex(r.referrer),
    priority: r.priority,
    announce: r.announce,
    cores: cores.map((c) => ({ key: hex(c.key), length: c.length })),
    bytes: hex(muxer.encode('@blind-peer/cores', { ...r, cores }))
  }
})

const addCore = requests.map((r) => ({ key: hex(bytes(4)), referrer: hex(r.referrer), priority: r.priority, announce: r.announce, bytes: print('add-core-request', { key: bytes(4), ...r }) }))
const old = print('add-core-request', { key: bytes(4), referrer: bytes(9), deprecatedAutobase: bytes(5), deprecatedAutobaseBlockKey: bytes(6), priority: 1, announce: true })

const records = [[0, 0], [12, 345678]].flatMap(([blocksCleared, bytesCleared]) => requests.slice(0, 10).map((r) => {
  const record = { key: bytes(4), length: 1000, bytesAllocated: 4294967299, updated: 1763990000123, active: 1763990001456, ...r, blocksCleared, bytesCleared }
  return { ...record, key: hex(record.key), referrer: hex(record.referrer), bytes: print('core', record) }
}))

const deleteCore = { key: hex(bytes(4)), bytes: print('delete-core-request', { key: bytes(4) }) }

// The order in which the reference would choose: by the distance to the target.
const target = Buffer.from('a5'.repeat(32), 'hex')
const peers = [0x00, 0xa4, 0xff, 0xa7, 0x5a, 0x81].map(bytes)
const sorted = peers.slice().sort((a, b) => Buffer.compare(distance(a, target), distance(b, target)))
const choice = { target: hex(target), peers: peers.map(hex), sorted: sorted.map(hex) }

console.log(JSON.stringify({ addCores, addCore, old, records, deleteCore, choice }, null, 2))
