// Prints golden vectors of protomux: scripts of calls and received frames, and the frames the reference sends after each step.
const load = require('module').createRequire(process.cwd() + '/')
const { EventEmitter } = require('events')
const Protomux = load('protomux')
const c = load('compact-encoding')

const scripts = {
  'open, send, close': [
    ['open', 'p', '6964', '05'], ['send', 0, 0, '686579'], ['send', 0, 2, ''], ['receive', '000101017002696405'], ['send', 0, 1, 'ff'], ['close', 0]
  ],
  'without id or handshake': [['open', 'hypercore/alpha', null, ''], ['send', 0, 0, '00']],
  'batch over two channels': [
    ['open', 'a', null, ''], ['open', 'b', '01', ''], ['cork'], ['send', 0, 0, '61'], ['send', 0, 1, '07'], ['send', 1, 0, ''], ['send', 0, 0, '62'], ['uncork']
  ],
  'nested corks': [['open', 'a', null, ''], ['cork'], ['send', 0, 0, '01'], ['cork'], ['send', 0, 0, '02'], ['uncork'], ['send', 0, 0, '03'], ['uncork']],
  'control inside a batch': [['cork'], ['open', 'a', '0102', 'aa'], ['send', 0, 0, '01'], ['close', 0], ['open', 'b', null, ''], ['uncork']],
  'unknown protocol is rejected': [['receive', '0001010170026964'], ['receive', '010003'], ['receive', '0001010171'.concat('00')], ['open', 'p', null, '']],
  'remote opens first': [['open', 'a', null, ''], ['receive', '0001010161'.concat('00')], ['receive', '010061'], ['send', 0, 0, '62'], ['receive', '000301'], ['open', 'b', null, '']],
  'numbers are used again, last freed first': [
    ['open', 'a', null, ''], ['open', 'b', null, ''], ['open', 'c', null, ''], ['receive', '0001010161'.concat('00')], ['receive', '0001020162'.concat('00')],
    ['close', 0], ['close', 1], ['open', 'd', null, ''], ['open', 'e', null, ''], ['open', 'f', null, '']
  ],
  'a number waits for the answer': [['open', 'a', null, ''], ['close', 0], ['open', 'b', null, ''], ['receive', '000201'], ['open', 'c', null, '']],
  'a close crosses an open': [['open', 'a', null, ''], ['close', 0], ['receive', '0001010161'.concat('00')], ['receive', '000301'], ['open', 'b', null, '']],
  'many channels of one key pair in order': [
    ['open', 'a', null, '', true], ['open', 'a', null, '', true], ['receive', '0001010161'.concat('00')], ['receive', '0001020161'.concat('00')],
    ['receive', '000301'], ['open', 'x', null, '']
  ],
  'large numbers': [['open', 'a', null, ''], ['send', 0, 300, '61'], ['send', 0, 0, '62'.repeat(300)]]
}

class Recorder extends EventEmitter {
  constructor () {
    super()
    this.userData = null
    this.destroyed = false
    this.frames = []
  }

  write (data) { this.frames.push(Buffer.from(data).toString('hex')); return true }
  pause () {}
  resume () {}
  end () {}
  destroy (err) { this.destroyed = true; if (err) this.frames.push('error: ' + err.message) }
}

async function run (steps) {
  const stream = new Recorder()
  const mux = new Protomux(stream)
  const channels = []
  const out = []
  const play = {
    open (protocol, id, handshake, many) {
      const channel = mux.createChannel({ protocol, id: id === null ? null : Buffer.from(id, 'hex'), unique: !many, handshake: c.raw, messages: [] })
      for (let i = 0; i < 301; i++) channel.addMessage({ encoding: c.raw })
      channels.push(channel)
      channel.open(Buffer.from(handshake, 'hex'))
    },
    send: (index, type, payload) => channels[index].messages[type].send(Buffer.from(payload, 'hex')),
    close: (index) => channels[index].close(),
    cork: () => mux.cork(),
    uncork: () => mux.uncork(),
    receive: (frame) => stream.emit('data', Buffer.from(frame, 'hex'))
  }
  for (const [name, ...args] of steps) {
    play[name](...args)
    await new Promise((resolve) => setImmediate(resolve))
    out.push({ step: name, args: args.map((arg) => arg === null ? null : String(arg)), sent: stream.frames })
    stream.frames = []
  }
  return out
}

async function main () {
  const printed = []
  for (const [name, steps] of Object.entries(scripts)) printed.push({ name, steps: await run(steps) })
  console.log(JSON.stringify({ scripts: printed }, null, 2))
}

main()
