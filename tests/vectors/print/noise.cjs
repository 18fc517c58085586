// Prints golden vectors of the Noise handshakes: fixed static and ephemeral keys from seeds of one repeated byte.
const load = require('module').createRequire(process.cwd() + '/')
const curve = load('noise-curve-ed')
const Noise = load('noise-handshake')
const SecretStream = load('@hyperswarm/secret-stream')
const crypto = load('hypercore-crypto')
const sodium = load('sodium-universal')

const hex = (b) => Buffer.from(b).toString('hex')
const pair = (n) => curve.generateKeyPair(Buffer.alloc(32, n))
const [nsInitiator, nsResponder, nsSend] = crypto.namespace('hyperswarm/secret-stream', 3)

function unorderedKey (hash, isInitiator) {
  const key = Buffer.alloc(32)
  sodium.crypto_generichash_batch(key, [isInitiator ? nsInitiator : nsResponder, nsSend], hash)
  return hex(key)
}

function run (pattern, prologue, payloads) {
  const a = new Noise(pattern, true, pair(1), { curve })
  const b = new Noise(pattern, false, pair(2), { curve })
  a.e = pair(3)
  b.e = pair(4)
  a.initialise(prologue, pattern === 'IK' ? pair(2).publicKey : undefined)
  b.initialise(prologue)
  const messages = []
  let [from, to] = [a, b]
  for (const payload of payloads) {
    const message = hex(from.send(payload))
    messages.push({ payload: hex(payload), message })
    const got = to.recv(Buffer.from(message, 'hex'))
    if (hex(got) !== hex(payload)) throw new Error('reference disagrees with itself')
    ;[from, to] = [to, from]
  }
  if (hex(a.hash) !== hex(b.hash)) throw new Error('hashes differ')
  return {
    pattern,
    prologue: hex(prologue),
    messages,
    hash: hex(a.hash),
    initiatorTransmit: hex(a.tx),
    initiatorReceive: hex(a.rx),
    initiatorStreamId: hex(SecretStream.id(a.hash, true)),
    responderStreamId: hex(SecretStream.id(a.hash, false)),
    initiatorUnorderedKey: unorderedKey(a.hash, true),
    responderUnorderedKey: unorderedKey(a.hash, false)
  }
}

// Points that key agreement must refuse: identity, small orders, not canonical, off the curve, with a torsion component.
function refusals () {
  const small = [
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0200000000000000000000000000000000000000000000000000000000000000',
    'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'
  ]
  const mixed = Buffer.alloc(32)
  sodium.crypto_core_ed25519_add(mixed, pair(1).publicKey, Buffer.from(small[4], 'hex'))
  const points = [...small, hex(mixed), hex(pair(1).publicKey)]
  return points.map((point) => {
    try {
      curve.dh(Buffer.from(point, 'hex'), pair(2))
      return { point, accepted: true }
    } catch {
      return { point, accepted: false }
    }
  })
}

const empty = Buffer.alloc(0)
const peerHandshake = load('hyperdht/lib/constants').NS.PEER_HANDSHAKE
console.log(JSON.stringify({
  seeds: { initiatorStatic: 1, responderStatic: 2, initiatorEphemeral: 3, responderEphemeral: 4 },
  dh: hex(curve.dh(pair(2).publicKey, pair(1))),
  points: refusals(),
  handshakes: [
    run('IK', peerHandshake, [Buffer.from('a'), Buffer.from('b')]),
    run('IK', empty, [empty, empty]),
    run('IK', peerHandshake, [Buffer.alloc(300, 5), Buffer.alloc(1000, 6)]),
    run('XX', empty, [empty, empty, empty]),
    run('XX', Buffer.from('prologue'), [Buffer.from('one'), Buffer.from('two'), Buffer.from('three')])
  ]
}, null, 2))
