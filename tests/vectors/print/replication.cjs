// Prints golden vectors of the messages of a hypercore channel.
const load = require('module').createRequire(process.cwd() + '/')
const c = load('compact-encoding')
const { wire } = load('hypercore/messages')
const { caps } = { caps: load('hypercore/lib/caps') }

const hex = (b) => Buffer.from(b).toString('hex')
const fill = (n, x) => Buffer.alloc(n, x)
const node = (index, size, x) => ({ index, size, hash: fill(32, x) })
const messages = []
const add = (name, type, value) => messages.push({ name, type, bytes: hex(c.encode(wire[type], value)) })

const none = { id: 1, fork: 0, block: null, hash: null, seek: null, upgrade: null, manifest: false, priority: 0 }
const empty = { request: 1, fork: 0, block: null, hash: null, seek: null, upgrade: null, manifest: null }
const key = fill(32, 9)
const signer = { signature: 'ed25519', namespace: caps.DEFAULT_NAMESPACE, publicKey: key }
const manifest = { version: 1, hash: 'blake2b', allowPatch: false, quorum: 1, signers: [signer], prologue: null, linked: null, userData: null }

add('handshake', 'handshake', { seeks: true, capability: fill(32, 2) })
add('handshake no seeks', 'handshake', { seeks: false, capability: fill(32, 3) })
add('sync', 'sync', { fork: 0, length: 10, remoteLength: 4, canUpgrade: true, uploading: true, downloading: true, hasManifest: true, allowPush: false })
add('sync wide', 'sync', { fork: 300, length: 70000, remoteLength: 2 ** 40, canUpgrade: false, uploading: true, downloading: false, hasManifest: false, allowPush: true })
add('request all', 'request', { ...none, block: { index: 3, nodes: 2 }, seek: { bytes: 300, padding: 8 }, upgrade: { start: 0, length: 10 }, manifest: true, priority: 1 })
add('request hash', 'request', { ...none, id: 7, fork: 2, hash: { index: 12, nodes: 3 } })
add('request upgrade', 'request', { ...none, id: 0, upgrade: { start: 0, length: 3 } })
add('request block', 'request', { ...none, id: 255, block: { index: 70000, nodes: 0 } })
add('cancel', 'cancel', { request: 300 })
add('data block', 'data', { ...empty, block: { index: 3, value: Buffer.from('hi'), nodes: [node(2, 5, 1)] } })
add('data empty block', 'data', { ...empty, block: { index: 3, value: Buffer.alloc(0), nodes: [] } })
add('data upgrade', 'data', { ...empty, fork: 1, block: { index: 3, value: Buffer.from('hi'), nodes: [node(2, 5, 1)] }, upgrade: { start: 0, length: 4, nodes: [node(2, 5, 1), node(9, 2 ** 33, 4)], additionalNodes: [node(10, 1, 2)], signature: fill(3, 7) } })
add('data hash seek', 'data', { ...empty, hash: { index: 12, nodes: [node(12, 5, 1)] }, seek: { bytes: 300, nodes: [node(14, 9, 2), node(9, 10, 3)] } })
add('data manifest', 'data', { ...empty, upgrade: { start: 0, length: 1, nodes: [], additionalNodes: [], signature: fill(64, 6) }, manifest })
add('noData', 'noData', { request: 1, reason: 0 })
add('noData not available', 'noData', { request: 1, reason: 1 })
add('noData invalid', 'noData', { request: 300, reason: 2 })
add('want', 'want', { start: 0, length: 2097152, any: false })
add('want any', 'want', { start: 4096, length: 4096, any: true })
add('unwant', 'unwant', { start: 0, length: 4096, any: false })
add('bitfield', 'bitfield', { start: 64, bitfield: new Uint32Array([1, 2, 0xffffffff]) })
add('range', 'range', { drop: false, start: 0, length: 10 })
add('range drop', 'range', { drop: true, start: 5, length: 1 })
add('range one', 'range', { drop: false, start: 70000, length: 1 })
add('extension', 'extension', { name: 'x', message: Buffer.from('m') })
add('extension same', 'extension', { name: '', message: Buffer.from('mm') })

const handshakeHash = fill(64, 5)
const capability = [true, false].map((isInitiator) => hex(caps.replicate(isInitiator, key, handshakeHash)))
process.stdout.write(JSON.stringify({ messages, key: hex(key), handshakeHash: hex(handshakeHash), capability }, null, 1) + '\n')
