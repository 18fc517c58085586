// Protomux of the reference over a secret stream over TCP: protomux-peer.cjs listens and answers one connection.
// Opens "echo" with id "id" at once (echoes), pairs "late" when asked, aliases "new" under "old", and obeys "control" messages.
const net = require('net')
const SecretStream = require('@hyperswarm/secret-stream')
const Protomux = require('protomux')
const c = require('compact-encoding')

const say = (event, more) => process.stdout.write(JSON.stringify({ event, ...more }) + '\n')

net.createServer((socket) => {
  socket.setNoDelay(true)
  const stream = new SecretStream(false, socket)
  stream.on('error', (error) => say('error', { message: error.message }))
  stream.on('close', () => say('close'))
  const mux = new Protomux(stream)
  const open = (options) => {
    const channel = mux.createChannel({
      handshake: c.raw,
      onopen: (handshake) => say('channel-open', { protocol: options.protocol, handshake: handshake.toString('hex') }),
      onclose: (isRemote) => say('channel-close', { protocol: options.protocol, isRemote }),
      ...options
    })
    channel.open(Buffer.from(options.protocol))
    return channel
  }

  const echo = open({ protocol: 'echo', id: Buffer.from('id') })
  const messages = [0, 1, 2].map((type) => echo.addMessage({ encoding: c.raw, onmessage: (data) => messages[type].send(data) }))

  mux.pair({ protocol: 'late' }, async (id) => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    const channel = open({ protocol: 'late', id })
    channel.addMessage({ encoding: c.raw, onmessage: (data) => say('late', { id: id.toString('hex'), data: data.toString('hex') }) })
  })

  const alias = open({ protocol: 'new', aliases: ['old'] })
  alias.addMessage({ encoding: c.raw, onmessage: (data) => say('alias', { data: data.toString('hex') }) })

  const control = open({ protocol: 'control' })
  control.addMessage({
    encoding: c.string,
    onmessage (what) {
      if (what === 'close echo') echo.close()
      if (what === 'open never') open({ protocol: 'never' })
      if (what === 'open theirs') { const t = open({ protocol: 'theirs', id: Buffer.from('x') }); t.addMessage({ encoding: c.raw }).send(Buffer.from('early')) }
      if (what === 'batch') {
        mux.cork()
        for (let i = 0; i < 100; i++) messages[i % 3].send(Buffer.alloc(i, i))
        mux.uncork()
      }
      if (what === 'end') stream.end()
    }
  })
}).listen(0, '127.0.0.1', function () { say('listening', { port: this.address().port }) })
