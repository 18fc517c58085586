// A secret stream of the reference over TCP: secretstream-peer.cjs listen|connect initiator=0|1 pattern=XX|IK [port] [remote=HEX] [keepalive=MS]
// Echoes every message; a message "end" makes it end, "burst" makes it send 500 messages of growing size, "big" one of the longest size.
const net = require('net')
const SecretStream = require('@hyperswarm/secret-stream')

const options = Object.fromEntries(process.argv.slice(3).map((arg) => arg.split('=')))
const say = (event, more) => process.stdout.write(JSON.stringify({ event, ...more }) + '\n')
const keyPair = SecretStream.keyPair(Buffer.alloc(32, 7))

function run (socket) {
  socket.setNoDelay(true)
  const stream = new SecretStream(options.initiator === '1', socket, {
    keyPair,
    pattern: options.pattern || 'XX',
    remotePublicKey: options.remote ? Buffer.from(options.remote, 'hex') : null,
    keepAlive: Number(options.keepalive || 0)
  })
  stream.on('connect', () => say('open', { hash: stream.handshakeHash.toString('hex'), remote: stream.remotePublicKey.toString('hex') }))
  stream.on('data', (data) => {
    const text = data.length < 20 ? data.toString() : ''
    if (text === 'end') return stream.end()
    if (text === 'burst') return burst(stream)
    if (text === 'big') return stream.write(Buffer.alloc(0xffffff - 17, 3))
    stream.write(data)
  })
  stream.on('end', () => { say('end'); stream.end() })
  stream.on('error', (error) => say('error', { message: error.message }))
  stream.on('close', () => say('close'))
}

function burst (stream) {
  for (let i = 0; i < 500; i++) stream.write(Buffer.alloc(i * 37, i))
}

if (process.argv[2] === 'listen') {
  const server = net.createServer(run)
  server.listen(0, '127.0.0.1', () => say('listening', { port: server.address().port, key: keyPair.publicKey.toString('hex') }))
} else {
  run(net.connect(Number(options.port), '127.0.0.1'))
}
