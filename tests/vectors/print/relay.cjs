// Prints golden vectors of blind-relay: both messages with every role and size of number, what unknown flags mean, and what a live client and server say.
const load = require('module').createRequire(process.cwd() + '/')
const { EventEmitter } = require('events')
const relay = load('blind-relay')
const c = load('compact-encoding')

const hex = (b) => Buffer.from(b).toString('hex')
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const token = (fill) => Buffer.alloc(32, fill)
const { pair, unpair } = relay.messages

class Recorder extends EventEmitter {
  constructor () {
    super()
    this.userData = null
    this.destroyed = false
    this.frames = []
  }

  write (data) { this.frames.push(hex(data)); return true }
  pause () {}
  resume () {}
  end () {}
  destroy () { this.destroyed = true }
  take () { const taken = this.frames; this.frames = []; return taken }
}

function pairs () {
  const printed = []
  for (const isInitiator of [true, false]) {
    for (const id of [0, 1, 252, 253, 65535, 65536, 0xffffffff]) {
      for (const seq of [0, 7, 65536]) {
        const bytes = hex(c.encode(pair, { isInitiator, token: token(id & 0xff), id, seq }))
        printed.push({ isInitiator, token: hex(token(id & 0xff)), id, seq, bytes })
      }
    }
  }
  return printed
}

// What bits of a later version do to this one.
function flags () {
  const printed = []
  for (const first of ['00', '01', '02', '03', '7e', '7f', '80', 'fb', 'fc', 'fd0100', 'fd0000', 'fe01000000', 'ff0100000000000000']) {
    const bytes = first + hex(token(3)) + '0500'
    try {
      printed.push({ bytes, isInitiator: c.decode(pair, Buffer.from(bytes, 'hex')).isInitiator })
    } catch {
      printed.push({ bytes, isInitiator: null })
    }
  }
  return printed
}

async function conversation () {
  const [asking, serving] = [new Recorder(), new Recorder()]
  const streams = []
  const server = new relay.Server({
    createStream () {
      const stream = Object.assign(new EventEmitter(), { id: 1000 + streams.length, relayTo () {}, destroy () { this.emit('close') } })
      streams.push(stream)
      return stream
    }
  })
  const steps = []
  const step = async (name) => {
    await settle()
    steps.push({ name, client: asking.take(), server: serving.take() })
  }
  const id = token(9)
  const client = new relay.Client(asking, { id })
  server.accept(serving, { id }).on('error', () => {})
  await step('open')
  for (const frame of steps[0].client) serving.emit('data', Buffer.from(frame, 'hex'))
  for (const frame of steps[0].server) asking.emit('data', Buffer.from(frame, 'hex'))
  for (const isInitiator of [true, false]) {
    client._requests.clear()
    client.pair(isInitiator, token(5), { id: 77 + isInitiator }).on('error', () => {}).on('data', () => {})
    await settle()
    const sent = asking.take()
    steps.push({ name: 'pair', client: sent, server: [] })
    for (const frame of sent) serving.emit('data', Buffer.from(frame, 'hex'))
  }
  await step('paired')
  client.unpair(token(5))
  await step('unpair')
  return steps
}

async function main () {
  const unpairs = [0, 1, 255].map((fill) => ({ token: hex(token(fill)), bytes: hex(c.encode(unpair, { token: token(fill) })) }))
  console.log(JSON.stringify({ pairs: pairs(), unpairs, flags: flags(), conversation: await conversation() }, null, 2))
}

main()
