// protomux-rpc of the reference over a secret stream over TCP: listens, answers connections, and asks us what stdin tells it to.
const net = require('net')
const readline = require('readline')
const SecretStream = require('@hyperswarm/secret-stream')
const ProtomuxRPC = require('protomux-rpc')
const Capability = require('hyperswarm-capability')
const c = require('compact-encoding')

const say = (event, more) => process.stdout.write(JSON.stringify({ event, ...more }) + '\n')
const hex = (b) => (b ? Buffer.from(b).toString('hex') : null)
const key = process.argv[2] ? Buffer.from(process.argv[2], 'hex') : null
const capability = new Capability()
let rpc = null

const fault = (message, code, context) => Object.assign(new Error(message), { code, context })

net.createServer((socket) => {
  socket.setNoDelay(true)
  const stream = new SecretStream(false, socket)
  stream.on('error', (error) => say('stream-error', { message: error.message }))
  stream.on('close', () => say('stream-close'))
  stream.on('connect', () => {
    rpc = new ProtomuxRPC(stream, key
      ? { handshake: { capability: capability.generate(stream, key) }, handshakeEncoding: Capability.Encoding }
      : { id: Buffer.from('service'), handshake: Buffer.from('hello from the reference') })
    rpc.on('open', (handshake) => say('open', { handshake: key ? String(capability.verify(stream, key, handshake.capability || Buffer.alloc(32))) : hex(handshake) }))
    rpc.on('close', () => say('close'))
    rpc.on('destroy', () => say('destroy'))
    rpc.respond('echo', (value) => value)
    rpc.respond('slow', (value) => new Promise((resolve) => setTimeout(resolve, 50, value)))
    rpc.respond('never', () => new Promise(() => {}))
    rpc.respond('fail', () => { throw fault('boom', 'E_BOOM', 'while testing') })
    rpc.respond('plain', () => { throw new Error('no code') })
    rpc.respond('upper', { valueEncoding: c.string }, (value) => value.toUpperCase())
    rpc.respond('json', { valueEncoding: c.json }, (value) => ({ text: value.text + '!', number: value.number + 1 }))
    rpc.respond('broken', { requestEncoding: c.string, responseEncoding: c.uint }, () => 'no number')
    rpc.respond('tell', (value) => say('told', { value: hex(value) }))
  })
}).listen(0, '127.0.0.1', function () { say('listening', { port: this.address().port }) })

const asked = {
  async request ({ method, value, timeout, text }) {
    const options = text ? { valueEncoding: c.string } : {}
    try {
      const answer = await rpc.request(method, text ? value : (value === null ? null : Buffer.from(value, 'hex')), { timeout: timeout || -1, ...options })
      say('answer', { method, value: text ? answer : hex(answer) })
    } catch (error) {
      const cause = error.cause && { message: error.cause.message, code: error.cause.code || null, context: error.cause.context || null }
      say('answer', { method, error: error.message, code: error.code || null, cause: cause || null })
    }
  },
  tell: ({ method, value }) => rpc.event(method, Buffer.from(value, 'hex')),
  many ({ count }) {
    const all = []
    for (let i = 0; i < count; i++) all.push(rpc.request('echo', Buffer.from([i & 255, i >> 8])))
    return Promise.all(all).then((answers) => say('many', { ok: answers.every((b, i) => b[0] === (i & 255) && b[1] === i >> 8) }))
  },
  end: () => rpc.end().then(() => say('ended')),
  destroy: () => rpc.destroy()
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line)
  asked[command.do](command)
})
