// Prints golden vectors of dht-rpc and hyperdht: node ids, datagrams, records and their signatures.
const load = require('module').createRequire(process.cwd() + '/')
const c = load('compact-encoding')
const peer = load('dht-rpc/lib/peer')
const IO = load('dht-rpc/lib/io')
const HyperDHT = load('hyperdht')
const m = load('hyperdht/lib/messages')
const Persistent = load('hyperdht/lib/persistent')
const { NS } = load('hyperdht/lib/constants')
const NatSampler = load('nat-sampler')

const hex = (b) => Buffer.from(b).toString('hex')
const fill = (n) => Buffer.alloc(32, n)
const A = { host: '1.2.3.4', port: 5678 }
const B = { host: '10.0.0.1', port: 49737 }
const from = { id: null, host: '127.0.0.1', port: 60000 }

// A request layer without sockets: what it would send is caught.
function datagrams () {
  const sent = []
  const socket = { trySend: (buffer) => sent.push(hex(buffer)) }
  const udx = { watchNetworkInterfaces: () => ({ destroy () {} }) }
  const table = { id: fill(9), closest: () => [A, B] }
  const io = new IO(table, udx, { firewalled: false })
  io.serverSocket = socket
  io.clientSocket = { trySend: socket.trySend }
  io._tid = 0x1234
  const out = []
  const request = (name, ephemeral, token, internal, command, target, value) => {
    io.ephemeral = ephemeral
    const tid = io._tid
    const r = io.createRequest(A, token, internal, command, target, value, null, 0)
    r.send(true)
    clearTimeout(r._timeout)
    out.push({ name, kind: 'request', tid, id: ephemeral ? null : hex(table.id), token: token && hex(token), internal, command, target: target && hex(target), value: value && hex(value), datagram: sent.pop() })
  }
  request('ping', true, null, true, 0, null, null)
  request('ping with id', false, null, true, 0, null, null)
  request('find node', true, null, true, 2, fill(2), null)
  request('announce', false, fill(3), false, 4, fill(2), Buffer.from([1, 2, 3]))
  request('large command', true, null, false, 300, null, Buffer.alloc(0))
  const response = (name, ephemeral, withTarget, error, value, closer) => {
    io.ephemeral = ephemeral
    const asked = Buffer.from('03' + (withTarget ? '0c' : '04') + '3412' + '7f0000013175' + '02' + (withTarget ? hex(fill(2)) : ''), 'hex')
    let req = null
    io.onrequest = (r) => { req = r }
    io.onmessage(socket, asked, from)
    req.sendReply(error, value, false, closer)
    out.push({ name, kind: 'response', tid: 0x1234, id: ephemeral ? null : hex(table.id), closer: withTarget && closer, error, value: value && hex(value), datagram: sent.pop() })
  }
  response('pong', true, false, 0, null, false)
  response('pong with id', false, false, 0, null, false)
  response('nodes', false, true, 0, null, true)
  response('refused', false, true, 16, null, true)
  response('value', false, true, 0, Buffer.from('hello'), true)
  response('large error', true, false, 300, null, false)
  return out
}

function natSamples (ports) {
  const sampler = new NatSampler()
  return ports.map((port) => {
    sampler.add('1.1.1.1', port)
    return { port, host: sampler.host, seen: sampler.port }
  })
}

const pair = HyperDHT.keyPair(fill(1))
const announce = { peer: { publicKey: pair.publicKey, relayAddresses: [A] }, refresh: null, signature: null, bump: 0 }
announce.signature = Persistent.signAnnounce(fill(2), fill(3), fill(4), announce, pair)
const refreshing = { peer: { publicKey: pair.publicKey, relayAddresses: [A, B] }, refresh: fill(5), signature: null, bump: 1700000000000 }
refreshing.signature = Persistent.signAnnounce(fill(2), fill(3), fill(4), refreshing, pair)
const unannounce = { peer: { publicKey: pair.publicKey, relayAddresses: [] }, refresh: null, signature: null }
unannounce.signature = Persistent.signUnannounce(fill(2), fill(3), fill(4), unannounce, pair)
const signature = Persistent.signMutable(5, Buffer.from('hello'), pair)
const record = c.encode(m.peer, { publicKey: pair.publicKey, relayAddresses: [A, B] })

console.log(JSON.stringify({
  namespaces: Object.fromEntries(Object.entries(NS).map(([k, v]) => [k, hex(v)])),
  nodeIds: [['1.2.3.4', 5678], ['127.0.0.1', 10001], ['88.99.3.86', 49737], ['255.255.255.255', 65535]].map(([host, port]) => ({ address: host + ':' + port, id: hex(peer.id(host, port)) })),
  datagrams: datagrams(),
  natSamples: [[1, 1, 1, 2, 1, 3], [5, 5, 5, 5], [1, 2, 3, 4, 5]].map(natSamples),
  keyPair: { seed: hex(fill(1)), publicKey: hex(pair.publicKey), target: hex(HyperDHT.hash(pair.publicKey)) },
  records: {
    target: hex(fill(2)),
    token: hex(fill(3)),
    nodeId: hex(fill(4)),
    refresh: hex(fill(5)),
    peer: hex(record),
    announce: hex(c.encode(m.announce, announce)),
    announceRefresh: hex(c.encode(m.announce, refreshing)),
    unannounce: hex(c.encode(m.announce, unannounce)),
    lookup: hex(c.encode(m.lookupRawReply, { peers: [record, record], bump: 300 })),
    mutableSignature: hex(signature),
    mutablePut: hex(c.encode(m.mutablePutRequest, { publicKey: pair.publicKey, seq: 5, value: Buffer.from('hello'), signature })),
    mutableGet: hex(c.encode(m.mutableGetResponse, { seq: 5, value: Buffer.from('hello'), signature }))
  }
}, null, 2))
process.exit(0)
