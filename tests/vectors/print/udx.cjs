// Prints golden vectors of UDX: what udx-native sends, and what it answers to packets that are built here by hand.
// Each step is { does, in?, out }: "in" is the packet given to the stream, "out" what it sent.
const dgram = require('dgram')
const load = require('module').createRequire(process.cwd() + '/')
const UDX = load('udx-native')

const LOCAL = 7
const REMOTE = 0x01020304
const [DATA, END, HEARTBEAT] = [1, 2, 32]

const peer = dgram.createSocket('udp4')
const seen = []
let wake = null
peer.on('message', (message) => {
  seen.push(message.toString('hex'))
  if (wake) wake()
})

// The next packet that is not a repeat of the last one.
let last = ''
async function next () {
  while (true) {
    while (seen.length === 0) await new Promise((resolve) => { wake = resolve })
    const packet = seen.shift()
    if (packet === last) continue
    last = packet
    return packet
  }
}

function packet (type, seq, ack, payload = '') {
  const header = Buffer.alloc(20)
  header[0] = 0xff
  header[1] = 1
  header[2] = type
  header.writeUInt32LE(LOCAL, 4)
  header.writeUInt32LE(4194304, 8)
  header.writeUInt32LE(seq, 12)
  header.writeUInt32LE(ack, 16)
  return Buffer.concat([header, Buffer.from(payload)])
}

async function main () {
  await new Promise((resolve) => peer.bind(0, '127.0.0.1', resolve))
  const udx = new UDX()
  const socket = udx.createSocket()
  socket.bind(0, '127.0.0.1')
  const steps = []
  const does = async (what, act) => {
    act()
    steps.push({ does: what, out: await next() })
  }
  const gets = async (what, bytes) => {
    peer.send(bytes, socket.address().port, '127.0.0.1')
    last = ''
    steps.push({ does: what, in: bytes.toString('hex'), out: await next() })
  }

  const stream = udx.createStream(LOCAL)
  stream.on('error', () => {})
  stream.resume()
  stream.setKeepalive(50)
  await does('heartbeat', () => stream.connect(socket, REMOTE, peer.address().port, '127.0.0.1'))
  stream.setKeepalive(0)
  await does('message', () => stream.trySend(Buffer.from('m')))
  await gets('data', packet(DATA, 0, 0, 'hello'))
  await gets('gap', packet(DATA, 2, 0, 'cc'))
  await gets('gap', packet(DATA, 3, 0, 'dd'))
  await gets('gap', packet(DATA, 5, 0, 'ff'))
  await gets('gap', packet(DATA, 1, 0, 'bb'))
  await gets('data', packet(DATA, 4, 0, 'ee'))
  await gets('old data', packet(DATA, 0, 0, 'hello'))
  await gets('heartbeat', packet(HEARTBEAT, 6, 0))
  await gets('padded', (() => {
    const padded = packet(DATA, 6, 0, '\0\0\0\0gg')
    padded[3] = 4
    return padded
  })())
  await does('write', () => stream.write(Buffer.from('abc')))
  await gets('end', packet(END, 7, 1))
  const second = udx.createStream(LOCAL + 1)
  second.on('error', () => {})
  second.connect(socket, REMOTE, peer.address().port, '127.0.0.1')
  await does('end', () => stream.end())
  await does('write', () => second.write(Buffer.from('x')))
  await does('destroy', () => second.destroy())
  process.stdout.write(JSON.stringify({ local: LOCAL, remote: REMOTE, steps }, null, 2) + '\n')
  process.exit(0)
}

main()
