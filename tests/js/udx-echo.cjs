// A udx-native peer: stream 2 to stream 1 at --port. Sends back what it gets, ends when the remote ends; prints what it saw.
const crypto = require('crypto')
const UDX = require('udx-native')

const args = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')))
const say = (event, data = {}) => console.log(JSON.stringify({ event, ...data }))
const udx = new UDX()
const socket = udx.createSocket()
socket.bind(0, '127.0.0.1')
say('listening', { port: socket.address().port })
const stream = udx.createStream(2)
stream.connect(socket, 1, Number(args.port), '127.0.0.1')
const hash = crypto.createHash('sha256')
let bytes = 0
stream.on('message', (message) => stream.trySend(Buffer.concat([Buffer.from('re: '), message])))
stream.on('data', (data) => {
  bytes += data.length
  hash.update(data)
  if (stream.write(data) === false) {
    stream.pause()
    stream.once('drain', () => stream.resume())
  }
})
stream.on('end', () => {
  say('end', { bytes, hash: hash.digest('hex') })
  stream.end()
})
stream.on('error', (error) => say('error', { message: error.message }))
stream.on('close', () => say('close', { retransmits: stream.retransmits }))
if (args.destroy) stream.once('data', () => stream.destroy())
