// Prints golden vectors of encrypted streams: what each side writes to its raw stream, and unordered messages.
const load = require('module').createRequire(process.cwd() + '/')
const sodium = load('sodium-universal')
const SecretStream = load('@hyperswarm/secret-stream')
const crypto = load('hypercore-crypto')

const hex = (b) => Buffer.from(b).toString('hex')

const { Pull, KEYBYTES, HEADERBYTES } = load('sodium-secretstream')

const hash = Buffer.alloc(64, 9)
const [k1, k2] = [Buffer.alloc(KEYBYTES, 1), Buffer.alloc(KEYBYTES, 2)]
const messages = [Buffer.alloc(0), Buffer.from('hi'), Buffer.alloc(300, 5)]

function frame (body) {
  const out = Buffer.alloc(3 + body.length)
  out.writeUIntLE(body.length, 0, 3)
  body.copy(out, 3)
  return out
}

// A whole direction as it lies on the raw stream. The 24 header bytes are the cipher's own choice, so the reading side starts from them.
function direction (key, isInitiator) {
  const header = Buffer.alloc(HEADERBYTES, isInitiator ? 3 : 4)
  // Pushing from a given header is pulling's start: both begin in the same state.
  const state = Buffer.alloc(sodium.crypto_secretstream_xchacha20poly1305_STATEBYTES)
  sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
  const frames = messages.map((message) => {
    const cipher = Buffer.alloc(message.length + 17)
    sodium.crypto_secretstream_xchacha20poly1305_push(state, cipher, message, null, 0)
    return frame(cipher)
  })
  const pull = new Pull(key)
  pull.init(header)
  messages.forEach((message, i) => {
    if (hex(pull.next(frames[i].subarray(3))) !== hex(message)) throw new Error('reference disagrees with itself')
  })
  return {
    key: hex(key),
    header: hex(frame(Buffer.concat([SecretStream.id(hash, isInitiator), header]))),
    frames: frames.map(hex)
  }
}

function unordered (isInitiator) {
  const [nsInitiator, nsResponder, nsSend] = crypto.namespace('hyperswarm/secret-stream', 3)
  const key = Buffer.alloc(32)
  sodium.crypto_generichash_batch(key, [isInitiator ? nsInitiator : nsResponder, nsSend], hash)
  const stream = new SecretStream(isInitiator, null, {
    handshake: { tx: k1, rx: k2, hash, publicKey: Buffer.alloc(32, 7), remotePublicKey: Buffer.alloc(32, 8) }
  })
  const nonce = Buffer.alloc(8, 200)
  nonce.copy(stream._sendState, 64)
  return { key: hex(key), counterBefore: hex(nonce), messages: ['', 'hey', 'x'.repeat(100)].map((m) => ({ plain: hex(Buffer.from(m)), boxed: hex(stream._boxMessage(Buffer.from(m))) })) }
}

console.log(JSON.stringify({
  hash: hex(hash),
  messages: messages.map(hex),
  initiator: direction(k1, true),
  responder: direction(k2, false),
  unordered: { initiator: unordered(true), responder: unordered(false) }
}, null, 2))
process.exit(0)
