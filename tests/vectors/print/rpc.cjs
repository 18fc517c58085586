// Prints golden vectors of protomux-rpc and hyperswarm-capability: every message with every flag, and what a live channel says.
const load = require('module').createRequire(process.cwd() + '/')
const { EventEmitter } = require('events')
const ProtomuxRPC = load('protomux-rpc')
const Capability = load('hyperswarm-capability')
const c = load('compact-encoding')

const hex = (b) => Buffer.from(b).toString('hex')
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))

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
  destroy (err) { this.destroyed = true; if (err) this.frames.push('error: ' + err.message) }
  take () { const taken = this.frames; this.frames = []; return taken }
}

const fault = (message, code, context) => Object.assign(new Error(message), code === undefined ? {} : { code }, context === undefined ? {} : { context })
const error = (code, message, cause) => Object.assign(new Error(code ? code + ': ' + message : message, cause ? { cause } : {}), code ? { code } : {})

const errors = [
  ['UNKNOWN_METHOD', "Unknown method 'nope'", null],
  ['REQUEST_ERROR', 'Request failed', fault('boom')],
  ['REQUEST_ERROR', 'Request failed', fault('boom', 'E_BOOM')],
  ['REQUEST_ERROR', 'Request failed', fault('boom', 'E_BOOM', 'while testing')],
  ['REQUEST_ERROR', 'Request failed', fault('boom', undefined, 'no code')],
  ['REQUEST_ERROR', 'Request failed', fault('')],
  ['DECODE_ERROR', 'Could not decode request', fault('Out of bounds')],
  ['ENCODE_ERROR', 'Could not encode response', fault('no such thing', 'X')],
  ['ANYTHING', 'of a newer version', fault('über', 'Ü', '…')],
  [null, 'bare', null],
  [null, 'bare with a cause', fault('why')]
]

function messages (rpc) {
  const request = rpc._request.encoding
  const response = rpc._response.encoding
  const requests = []
  for (const id of [0, 1, 252, 253, 65536, Number.MAX_SAFE_INTEGER]) {
    for (const [method, value] of [['echo', '026869'], ['', ''], ['größe', '00'], ['m'.repeat(253), '']]) {
      requests.push({ id: String(id), method, value, bytes: hex(c.encode(request, { id, method, value: Buffer.from(value, 'hex') })) })
    }
  }
  const values = [[1, ''], [9, '026869'], [300, '00'], [Number.MAX_SAFE_INTEGER, 'ff']].map(([id, value]) => (
    { id: String(id), value, bytes: hex(c.encode(response, { id, error: null, value: Buffer.from(value, 'hex') })) }))
  const failures = errors.map(([code, message, cause], i) => ({
    id: String(i * 100),
    code,
    message,
    cause: cause && { message: cause.message, code: cause.code || null, context: cause.context || null },
    bytes: hex(c.encode(response, { id: i * 100, error: error(code, message, cause), value: null }))
  }))
  return { requests, values, failures }
}

async function conversation () {
  const stream = new Recorder()
  const steps = []
  const step = async (name, bytes) => {
    if (bytes) stream.emit('data', Buffer.from(bytes, 'hex'))
    await settle()
    steps.push({ name, received: bytes || null, sent: stream.take() })
  }
  const rpc = new ProtomuxRPC(stream, { id: Buffer.from('x'), handshake: Buffer.from('hello') })
  rpc.respond('echo', (value) => value)
  rpc.respond('null', () => null)
  rpc.respond('fail', () => { throw fault('boom', 'E_BOOM', 'context') })
  rpc.respond('text', { valueEncoding: c.string }, (value) => value + '!')
  await step('open')
  await step('remote open', hex([0, 1, 1, 12]) + hex('protomux-rpc') + '0178' + hex('hi'))
  const asked = rpc.request('one', Buffer.from('hi')).catch(() => {})
  await step('request')
  rpc.event('happened', null)
  await step('event')
  await step('echo', '0100' + '05' + '04' + hex('echo') + '026869')
  await step('null', '0100' + '06' + '04' + hex('null') + '026869')
  await step('failing', '0100' + '07' + '04' + hex('fail') + '00')
  await step('unknown', '0100' + '08' + '04' + hex('nope') + '00')
  await step('undecodable', '0100' + '09' + '04' + hex('text') + '05')
  await step('event to a failing method', '0100' + '00' + '04' + hex('fail') + '00')
  await step('event to an unknown method', '0100' + '00' + '04' + hex('nope') + '00')
  await step('answer', '0101' + '00' + '01' + '026869')
  await asked
  rpc.destroy()
  await step('destroy')
  return steps
}

function capabilities () {
  const capability = new Capability()
  const [key, handshakeHash] = [Buffer.alloc(32, 7), Buffer.alloc(64, 9)]
  const handshake = (cap) => hex(c.encode(Capability.Encoding, { capability: cap }))
  return {
    namespace: hex(capability.ns),
    key: hex(key),
    handshakeHash: hex(handshakeHash),
    initiator: hex(capability.capability(true, key, handshakeHash)),
    responder: hex(capability.capability(false, key, handshakeHash)),
    handshake: handshake(Buffer.alloc(32, 5)),
    handshakeWithout: handshake(null)
  }
}

async function main () {
  const printed = { ...messages(new ProtomuxRPC(new Recorder())), conversation: await conversation(), capability: capabilities() }
  console.log(JSON.stringify(printed, null, 2))
}

main()
