// A udx-native peer: stream 2 to stream 1 at --port. Sends back what it gets, ends when the remote ends; prints what it saw.
// --destroy: destroys at the first bytes. --speak=N: sends N random bytes of its own instead of an echo, and ends.
// Commands on standard input, one JSON object a line: { "change": port } moves to another port of the remote, by a new socket.
const crypto = require('crypto')
const readline = require('readline')
const UDX = require('udx-native')

const args = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')))
const say = (event, data = {}) => console.log(JSON.stringify({ event, ...data }))
const udx = new UDX()
const bind = () => {
  const socket = udx.createSocket()
  socket.bind(0, '127.0.0.1')
  return socket
}
const socket = bind()
say('listening', { port: socket.address().port })
const stream = udx.createStream(2)
stream.connect(socket, 1, Number(args.port), '127.0.0.1')
const hash = crypto.createHash('sha256')
let bytes = 0
stream.on('message', (message) => stream.trySend(Buffer.concat([Buffer.from('re: '), message])))
stream.on('data', (data) => {
  if (bytes === 0) say('first')
  bytes += data.length
  hash.update(data)
  if (args.speak || stream.write(data) !== false) return
  stream.pause()
  stream.once('drain', () => stream.resume())
})
stream.on('end', () => {
  say('end', { bytes, hash: hash.digest('hex') })
  if (!args.speak) stream.end()
})
stream.on('error', (error) => say('error', { message: error.message }))
stream.on('close', () => say('close', { retransmits: stream.retransmits }))
stream.on('remote-changed', () => say('changed'))
if (args.destroy) stream.once('data', () => stream.destroy())
if (args.speak) speak(Number(args.speak))
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const other = bind()
  stream.changeRemote(other, 1, JSON.parse(line).change, '127.0.0.1')
  say('moved', { port: other.address().port })
})

function speak (left) {
  const said = crypto.createHash('sha256')
  const more = () => {
    while (left > 0) {
      const chunk = crypto.randomBytes(Math.min(left, 50000))
      left -= chunk.length
      said.update(chunk)
      if (stream.write(chunk) === false) return stream.once('drain', more)
    }
    if (left === 0) {
      left = -1
      say('said', { hash: said.digest('hex') })
      stream.end()
    }
  }
  more()
}
