// Hashes, namespaces, keys, signatures and ciphers as the reference computes them.
const require_ = require('module').createRequire(process.cwd() + '/')
const sodium = require_('sodium-universal')
const crypto = require_('hypercore-crypto')
const curve = require_('noise-curve-ed')
const { Push } = require_('sodium-secretstream')
const hex = (b) => Buffer.from(b).toString('hex')
const fill = (n, length = 32) => Buffer.alloc(length, n)

function blake(size, input, key) {
  const out = Buffer.alloc(size)
  if (key) sodium.crypto_generichash(out, input, key)
  else sodium.crypto_generichash(out, input)
  return hex(out)
}

function secretbox(message) {
  const nonce = Buffer.alloc(24)
  nonce.writeBigUInt64LE(5n)
  const cipher = Buffer.alloc(message.length + 16)
  sodium.crypto_secretbox_easy(cipher, message, nonce, fill(1))
  return { key: hex(fill(1)), nonce: hex(nonce), message: hex(message), cipher: hex(cipher) }
}

function streamXor() {
  const cipher = Buffer.alloc(100)
  sodium.crypto_stream_xor(cipher, fill(9, 100), fill(3, 24), fill(4))
  return { key: hex(fill(4)), nonce: hex(fill(3, 24)), message: hex(fill(9, 100)), cipher: hex(cipher) }
}

function aead() {
  const cipher = Buffer.alloc(7 + 16)
  sodium.crypto_aead_chacha20poly1305_ietf_encrypt(cipher, Buffer.from('message'), Buffer.from('data'), null, fill(2, 12), fill(1))
  return { key: hex(fill(1)), nonce: hex(fill(2, 12)), data: hex(Buffer.from('data')), message: hex(Buffer.from('message')), cipher: hex(cipher) }
}

function secretstream() {
  // A fixed header makes the frames reproducible: the push state is started as the receiver starts it.
  const key = fill(1)
  const header = fill(7, 24)
  const state = Buffer.alloc(sodium.crypto_secretstream_xchacha20poly1305_STATEBYTES)
  sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
  const frames = ['hi', '', 'x'.repeat(100)].map((text) => {
    const cipher = Buffer.alloc(text.length + 17)
    sodium.crypto_secretstream_xchacha20poly1305_push(state, cipher, Buffer.from(text), null, 0)
    return { message: hex(Buffer.from(text)), cipher: hex(cipher) }
  })
  return { key: hex(key), header: hex(header), frames }
}

function signatures() {
  return [1, 2, 3].map((n) => {
    const pair = crypto.keyPair(fill(n))
    const message = Buffer.from('message ' + n)
    return { seed: hex(fill(n)), publicKey: hex(pair.publicKey), secretKey: hex(pair.secretKey), message: hex(message), signature: hex(crypto.sign(message, pair.secretKey)) }
  })
}

function dh() {
  const pair = (n) => curve.generateKeyPair(fill(n))
  return [[1, 2], [3, 4], [5, 6]].map(([a, b]) => ({ localSeed: hex(fill(a)), remotePublicKey: hex(pair(b).publicKey), shared: hex(curve.dh(pair(b).publicKey, pair(a))) }))
}

function badPoints() {
  const points = {
    zero: '00'.repeat(32), identity: '01' + '00'.repeat(31), identityNonCanonicalSign: '01' + '00'.repeat(30) + '80',
    order2: 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    order4: '00'.repeat(31) + '80', order8: '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    nonCanonical: 'ee' + 'ff'.repeat(30) + '7f', offCurve: '02' + '00'.repeat(31)
  }
  return Object.entries(points).map(([name, point]) => {
    try {
      return { name, point, shared: hex(curve.dh(Buffer.from(point, 'hex'), curve.generateKeyPair(fill(1)))) }
    } catch {
      return { name, point, shared: null }
    }
  })
}

const boxKeys = crypto.encryptionKeyPair(fill(1))
const out = {
  blake2b: [[16, ''], [32, ''], [32, 'abc'], [64, 'abc'], [24, 'nashi']].map(([size, text]) => ({ size, input: hex(Buffer.from(text)), hash: blake(size, Buffer.from(text)) })),
  blake2bKeyed: [[32, 'hypercore', 0], [32, 'abc', 5], [64, '', 6]].map(([size, text, n]) => ({ size, input: hex(Buffer.from(text)), key: hex(fill(n)), hash: blake(size, Buffer.from(text), fill(n)) })),
  namespaces: [['hypercore', 6], ['corestore', 1], ['hyperdrive', 1], ['hyperswarm/secret-stream', 3], ['blind-pairing', 8]].map(([name, count]) => ({ name, hashes: crypto.namespace(name, count).map(hex) })),
  discoveryKeys: [0, 1, 255].map((n) => ({ key: hex(fill(n)), discoveryKey: hex(crypto.discoveryKey(fill(n))) })),
  signatures: signatures(),
  dh: dh(),
  badPoints: badPoints(),
  secretbox: [Buffer.from('hi'), Buffer.alloc(0), fill(1, 200)].map(secretbox),
  xsalsa20: streamXor(),
  chacha20poly1305: aead(),
  secretstream: secretstream(),
  encryptionKeyPair: { seed: hex(fill(1)), publicKey: hex(boxKeys.publicKey), secretKey: hex(boxKeys.secretKey) }
}
console.log(JSON.stringify(out, null, 1))
