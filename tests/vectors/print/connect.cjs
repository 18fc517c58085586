// Prints golden vectors of what peers say to each other while they connect: Noise payloads, handshakes, hole punches.
const load = require('module').createRequire(process.cwd() + '/')
const c = load('compact-encoding')
const m = load('hyperdht/lib/messages')
const SecurePayload = load('hyperdht/lib/secure-payload')
const Holepuncher = load('hyperdht/lib/holepuncher')
const { NS } = load('hyperdht/lib/constants')
const { isPrivate, isReserved, isBogon } = load('bogon')
const sodium = load('sodium-universal')

const hex = (b) => Buffer.from(b).toString('hex')
const bytes = (n, length) => Buffer.alloc(length, n)
const at = (host, port) => ({ host, port })
const text = (a) => (a ? a.host + ':' + a.port : null)

const payload = (value) => ({
  error: 0, firewall: 0, holepunch: null, addresses4: [], addresses6: [], udx: null, secretStream: null, relayThrough: null, relayAddresses: null, ...value
})
const payloads = [
  payload({}),
  payload({ addresses4: [at('10.0.0.1', 49737)], udx: { reusableSocket: false, id: 0x12345678, seq: 0 }, secretStream: {} }),
  payload({ error: 2, firewall: 3, holepunch: { id: 0, relays: [] }, udx: { reusableSocket: true, id: 0, seq: 0 }, secretStream: {}, relayAddresses: [] }),
  payload({
    firewall: 1,
    holepunch: { id: 3, relays: [{ relayAddress: at('1.2.3.4', 5678), peerAddress: at('10.0.0.1', 49737) }, { relayAddress: at('255.254.253.252', 65535), peerAddress: at('0.0.0.0', 0) }] },
    addresses4: [at('1.2.3.4', 5678), at('10.0.0.1', 49737)],
    udx: { reusableSocket: true, id: 0xffffffff, seq: 0 },
    secretStream: {},
    relayThrough: { publicKey: bytes(7, 32), token: bytes(8, 32) },
    relayAddresses: [at('1.2.3.4', 5678)]
  })
]

const handshakes = [
  { mode: 0, noise: bytes(1, 100), peerAddress: null, relayAddress: null },
  { mode: 2, noise: bytes(2, 300), peerAddress: at('1.2.3.4', 5678), relayAddress: null },
  { mode: 3, noise: bytes(3, 32), peerAddress: at('1.2.3.4', 5678), relayAddress: at('10.0.0.1', 1) },
  { mode: 0, noise: bytes(4, 5), peerAddress: null, relayAddress: at('10.0.0.1', 65535) },
  { mode: 4, noise: bytes(5, 252), peerAddress: at('9.8.7.6', 256), relayAddress: null }
]

const holepunches = [
  { mode: 0, id: 0, payload: bytes(1, 60), peerAddress: null },
  { mode: 2, id: 300, payload: bytes(2, 300), peerAddress: at('1.2.3.4', 5678) },
  { mode: 1, id: 0, payload: bytes(3, 1), peerAddress: at('1.2.3.4', 1) },
  { mode: 4, id: 70000, payload: bytes(4, 40), peerAddress: at('127.0.0.1', 40000) }
]

const punch = (value) => ({
  error: 0, firewall: 0, round: 0, connected: false, punching: false, addresses: null, remoteAddress: null, token: null, remoteToken: null, ...value
})
const punches = [
  punch({}),
  punch({ firewall: 2, round: 1, punching: true, addresses: [at('1.2.3.4', 5678)], remoteAddress: at('10.0.0.1', 49737), token: bytes(1, 32), remoteToken: bytes(2, 32) }),
  punch({ error: 1, round: 252, connected: true, addresses: [] }),
  punch({ firewall: 3, round: 2, addresses: [at('1.2.3.4', 0)], remoteToken: bytes(3, 32) })
]

const address = (a) => a && text(a)
const list = (l) => l && l.map(address)

// The sealed form under a key that follows from a handshake hash, with a nonce taken from the reference's own output.
const hash = bytes(9, 64)
const secret = Buffer.alloc(32)
sodium.crypto_generichash(secret, NS.PEER_HOLEPUNCH, hash)
function seal (p) {
  const plain = c.encode(m.holepunchPayload, p)
  const nonce = bytes(6, 24)
  const cipher = Buffer.alloc(plain.length + 16)
  sodium.crypto_secretbox_easy(cipher, plain, nonce, secret)
  const sealed = Buffer.concat([nonce, cipher])
  const opened = new SecurePayload(secret).decrypt(Buffer.from(sealed))
  if (opened === null || opened.round !== p.round) throw new Error('reference does not open it')
  return hex(sealed)
}

const hosts = ['10.0.0.1', '100.64.0.1', '100.63.0.1', '100.128.0.1', '127.0.0.1', '169.254.9.9', '172.15.0.1', '172.16.0.1', '172.31.255.1', '172.32.0.1', '192.168.1.1',
  '0.1.2.3', '192.0.0.9', '192.0.2.9', '198.18.0.1', '198.19.0.1', '198.20.0.1', '198.51.100.1', '203.0.113.7', '224.0.0.1', '239.1.1.1', '240.0.0.1', '255.255.255.255', '8.8.8.8', '1.2.3.4']
const matches = [
  [['192.168.1.5'], ['10.0.0.1', '192.168.2.9', '192.168.1.7']],
  [['192.168.1.5'], ['10.0.0.1', '192.200.2.9', '192.168.2.7']],
  [['192.168.1.5', '10.1.1.1'], ['10.9.9.9', '192.1.1.1']],
  [['192.168.1.5'], ['10.0.0.1', '172.16.0.1']],
  [['192.168.1.5'], []]
]

console.log(JSON.stringify({
  payloads: payloads.map((p) => ({
    error: p.error,
    firewall: p.firewall,
    holepunch: p.holepunch && { id: p.holepunch.id, relays: p.holepunch.relays.map((r) => [address(r.relayAddress), address(r.peerAddress)]) },
    addresses: list(p.addresses4),
    stream: p.udx && { id: p.udx.id, reusable: p.udx.reusableSocket },
    secretStream: p.secretStream !== null,
    relayThrough: p.relayThrough && { publicKey: hex(p.relayThrough.publicKey), token: hex(p.relayThrough.token) },
    relayAddresses: list(p.relayAddresses),
    bytes: hex(c.encode(m.noisePayload, p))
  })),
  handshakes: handshakes.map((h) => ({ mode: h.mode, noise: hex(h.noise), peer: address(h.peerAddress), relay: address(h.relayAddress), bytes: hex(c.encode(m.handshake, h)) })),
  holepunches: holepunches.map((h) => ({ mode: h.mode, id: h.id, payload: hex(h.payload), peer: address(h.peerAddress), bytes: hex(c.encode(m.holepunch, h)) })),
  handshakeHash: hex(hash),
  punches: punches.map((p) => ({
    error: p.error,
    firewall: p.firewall,
    round: p.round,
    connected: p.connected,
    punching: p.punching,
    addresses: list(p.addresses),
    remote: address(p.remoteAddress),
    token: p.token && hex(p.token),
    remoteToken: p.remoteToken && hex(p.remoteToken),
    bytes: hex(c.encode(m.holepunchPayload, p)),
    sealed: seal(p)
  })),
  scopes: hosts.map((host) => ({ host, private: isPrivate(host), reserved: isReserved(host), bogon: isBogon(host) })),
  matches: matches.map(([mine, theirs]) => {
    const found = Holepuncher.matchAddress(mine.map((h) => at(h, 1)), theirs.map((h) => at(h, 2)))
    return { mine, theirs, found: found && found.host }
  })
}, null, 2))
