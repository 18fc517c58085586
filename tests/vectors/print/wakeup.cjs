// Prints golden vectors of protomux-wakeup: every message, and what one topic says on a live channel.
const load = require('module').createRequire(process.cwd() + '/')
const { EventEmitter } = require('events')
const Wakeup = load('protomux-wakeup')
const schema = load('protomux-wakeup/spec/hyperschema')
const crypto = load('hypercore-crypto')

const hex = (b) => Buffer.from(b).toString('hex')
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const bytes = (n) => Buffer.alloc(32, n)
const encode = (name, value) => hex(schema.encode('@wakeup/' + name, value))

const handshakes = [[0, true], [0, false], [1, true], [300, false]].map(([version, active]) => (
  { version, capability: hex(bytes(3)), active, bytes: encode('handshake', { version, capability: bytes(3), active }) }))
const lookups = [null, bytes(4)].map((hash) => ({ hash: hash && hex(hash), bytes: encode('lookup', { hash }) }))
const infos = [true, false].map((active) => ({ active, bytes: encode('info', { active }) }))
const announces = [[], [[1, 0]], [[1, 5], [2, 300], [3, Number.MAX_SAFE_INTEGER]]].map((writers) => ({
  writers: writers.map(([key, length]) => ({ key: hex(bytes(key)), length: String(length) })),
  bytes: encode('announce', writers.map(([key, length]) => ({ key: bytes(key), length })))
}))

class Recorder extends EventEmitter {
  constructor (isInitiator) {
    super()
    this.userData = null
    this.destroyed = false
    this.connected = true
    this.isInitiator = isInitiator
    this.handshakeHash = Buffer.alloc(64, 9)
    this.frames = []
    this.noiseStream = this
  }

  write (data) { this.frames.push(hex(data)); return true }
  pause () {}
  resume () {}
  end () {}
  destroy (err) { this.destroyed = true; if (err) this.frames.push('error: ' + err.message) }
  take () { const taken = this.frames; this.frames = []; return taken }
}

async function conversation (isInitiator) {
  const key = bytes(7)
  const id = crypto.discoveryKey(key)
  const stream = new Recorder(isInitiator)
  const steps = []
  const step = async (name, received) => {
    if (received) stream.emit('data', Buffer.from(received, 'hex'))
    await settle()
    steps.push({ name, received: received || null, sent: stream.take() })
  }
  const remoteOpen = (capability) => '000101' + '06' + hex('wakeup') + '20' + hex(id) + encode('handshake', { version: 0, capability, active: true })
  const swarm = new Wakeup()
  swarm.addStream(stream)
  const session = swarm.session(key)
  await step('open')
  const theirs = new Wakeup().session(key).topic._makeCapability(!isInitiator, stream.handshakeHash)
  await step('remote open', remoteOpen(theirs))
  session.broadcastLookup()
  await step('lookup')
  session.lookup(session.peers[0], { hash: bytes(4) })
  await step('lookup of a hash')
  session.announce(session.peers[0], [{ key: bytes(1), length: 5 }])
  await step('announce')
  session.inactive()
  await step('inactive')
  session.active()
  await step('active')
  swarm.destroy()
  await step('destroy')

  const other = new Recorder(isInitiator)
  const again = new Wakeup()
  again.addStream(other)
  again.session(key)
  await settle()
  other.take()
  other.emit('data', Buffer.from(remoteOpen(bytes(1)), 'hex'))
  await settle()
  const wrong = other.take()
  again.destroy()
  return { isInitiator, key: hex(key), id: hex(id), handshakeHash: hex(stream.handshakeHash), theirs: hex(theirs), steps, wrongCapability: wrong }
}

async function main () {
  const printed = { handshakes, lookups, infos, announces, conversations: [await conversation(true), await conversation(false)] }
  console.log(JSON.stringify(printed, null, 2))
  process.exit(0)
}

main()
