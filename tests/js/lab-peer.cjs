// The reference in the laboratory: lab-peer.cjs <mode> [--flag value]... Prints JSON lines with an "event"; SIGTERM ends it.
// Modes and flags are those of tests/Lab/Peer, as far as the laboratory compares the two.
const DHT = require('hyperdht')

const [, , mode, ...words] = process.argv
const flags = new Map()
while (words.length > 1) flags.set(words.shift().slice(2), words.shift())

const born = performance.now()
const clock = () => Math.round(performance.now() - born)
const say = (event, rest = {}) => process.stdout.write(JSON.stringify({ event, t: clock(), ...rest }) + '\n')
const flag = (name, otherwise) => flags.has(name) ? flags.get(name) : otherwise
const number = (name, otherwise) => Number(flag(name, otherwise))
const key = (name) => flags.has(name) ? Buffer.from(flags.get(name), 'hex') : null
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const endpoint = (text) => ({ host: text.slice(0, text.lastIndexOf(':')), port: Number(text.slice(text.lastIndexOf(':') + 1)) })
const bootstrap = () => flag('bootstrap', '').split(',').filter(Boolean).map(endpoint)
const where = (socket) => ({ remoteHost: socket.rawStream.remoteHost, remotePort: socket.rawStream.remotePort })

process.once('SIGTERM', () => process.exit(0))
process.on('uncaughtException', (error) => {
  say('crash', { code: error.code, message: error.message, stack: error.stack })
  process.exit(70)
})

async function start (options = {}) {
  const node = new DHT({ bootstrap: bootstrap(), ...options })
  await node.fullyBootstrapped()
  return node
}

// The dialled socket, open; rejects when it closes before.
function dial (node) {
  return new Promise((resolve, reject) => {
    const socket = node.connect(key('key'), { relayThrough: key('relay') })
    socket.once('open', () => resolve(socket))
    socket.on('error', reject)
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'CLOSED' })))
  })
}

function echo (socket, bytes) {
  return new Promise((resolve, reject) => {
    let back = 0
    const count = (data) => {
      back += data.length
      if (back < bytes) return
      socket.off('data', count)
      socket.off('close', lost)
      resolve()
    }
    const lost = () => reject(Object.assign(new Error('closed during an echo'), { code: 'CLOSED' }))
    socket.on('data', count)
    socket.once('close', lost)
    for (let sent = 0; sent < bytes; sent += 16384) socket.write(Buffer.alloc(Math.min(16384, bytes - sent), 1))
  })
}

const modes = {
  async bootstrap () {
    const node = DHT.bootstrapper(number('port', 49737), flag('host'))
    await node.ready()
    say('ready', node.address())
  },

  async dht () {
    const hosts = flag('hosts').split(',')
    for (const host of hosts) await start({ host, port: number('port', 49737), ephemeral: false, firewalled: false })
    say('ready', { nodes: hosts.length })
  },

  async relay () {
    const { Server } = require('blind-relay')
    const node = await start({ ephemeral: false, firewalled: false })
    const relay = new Server({ createStream: (options) => node.createRawStream({ ...options, framed: true }) })
    const server = node.createServer((socket) => {
      socket.on('error', () => {})
      relay.accept(socket, { id: socket.remotePublicKey }).on('error', () => {})
    })
    await server.listen()
    say('listening', { publicKey: server.publicKey.toString('hex') })
  },

  async server () {
    const node = await start({ seed: key('seed') || undefined })
    say('ready', { firewalled: node.firewalled })
    const server = node.createServer({ relayThrough: key('relay') }, (socket) => {
      say('connection', where(socket))
      socket.on('error', (error) => say('socket-error', { code: error.code, message: error.message }))
      socket.on('close', () => say('closed'))
      socket.on('data', (data) => socket.write(data))
      socket.on('end', () => socket.end())
    })
    await server.listen()
    say('listening', { publicKey: server.publicKey.toString('hex') })
  },

  async client () {
    const node = await start()
    say('ready', { firewalled: node.firewalled })
    const bytes = number('bytes', 262144)
    for (let n = 1; n <= number('attempts', 1); n++) {
      const began = clock()
      const tell = (event, socket, ms) => say(event, { n, ms, ...where(socket) })
      const late = AbortSignal.timeout(number('timeout', 60000))
      const tooLate = new Promise((resolve, reject) => {
        late.addEventListener('abort', () => reject(Object.assign(new Error('not in time'), { code: 'LAB_TIMEOUT' })))
      })
      tooLate.catch(() => {})
      const attempt = async () => {
        const socket = await dial(node)
        tell('open', socket, clock() - began)
        await echo(socket, 1024)
        tell('first-echo', socket, clock() - began)
        await pause(number('settle', 0))
        tell('bulk-start', socket, clock() - began)
        await pause(500) // The laboratory reads its counters.
        const bulk = clock()
        await echo(socket, bytes)
        tell('bulk-echo', socket, clock() - bulk)
        socket.end()
        await pause(200)
      }
      try {
        await Promise.race([attempt(), tooLate])
        say('done', { attempts: n })
        process.exit(0)
      } catch (error) {
        say('error', { n, ms: clock() - began, code: error.code, message: error.message })
      }
    }
    process.exit(2)
  },

  async hold () {
    const node = await start()
    say('ready', { firewalled: node.firewalled })
    const end = clock() + number('for', 60000)
    let conn = 0
    while (clock() < end) {
      conn++
      await new Promise((resolve) => {
        const socket = node.connect(key('key'), { relayThrough: key('relay') })
        let pinging = null
        let rest = Buffer.alloc(0)
        let sequence = 0
        socket.on('error', (error) => say('socket-error', { conn, code: error.code, message: error.message }))
        socket.on('close', () => {
          clearInterval(pinging)
          say('closed', { conn })
          resolve()
        })
        socket.on('open', () => {
          say('open', { conn, ...where(socket) })
          pinging = setInterval(() => {
            if (clock() > end) return socket.destroy()
            const ping = Buffer.alloc(16)
            ping.writeUInt32LE(sequence++, 0)
            ping.writeDoubleLE(performance.now(), 8)
            socket.write(ping)
          }, 200)
        })
        socket.on('data', (data) => {
          rest = Buffer.concat([rest, data])
          for (; rest.length >= 16; rest = rest.subarray(16)) {
            say('tick', { conn, seq: rest.readUInt32LE(0), rtt: Math.round(performance.now() - rest.readDoubleLE(8)) })
          }
        })
      })
      await pause(500)
    }
    say('done', { conns: conn })
    process.exit(0)
  },

  async 'perf-server' () {
    const UDX = require('udx-native')
    const udx = new UDX()
    const socket = udx.createSocket()
    socket.bind(number('port', 5000), flag('host'))
    const stream = udx.createStream(number('local-id', 2), {
      firewall (from, port, host) {
        if (!stream.connected) stream.connect(from, number('remote-id', 1), port, host)
        return false
      }
    })
    let bytes = 0
    let first = 0
    stream.on('data', (data) => {
      if (bytes === 0) first = clock()
      bytes += data.length
    })
    stream.on('error', (error) => say('error', { message: error.message, bytes }))
    stream.on('end', () => {
      say('done', { bytes, ms: clock() - first })
      stream.end()
    })
    stream.on('close', () => setTimeout(process.exit, 200, 0))
    say('listening', { port: socket.address().port })
  },

  async 'perf-client' () {
    const UDX = require('udx-native')
    const udx = new UDX()
    const socket = udx.createSocket()
    socket.bind(number('port', 5001), flag('host'))
    const { host, port } = endpoint(flag('to'))
    const stream = udx.createStream(number('local-id', 1))
    stream.on('error', (error) => {
      say('error', { message: error.message })
      process.exit(3)
    })
    stream.connect(socket, number('remote-id', 2), port, host)
    const began = clock()
    const patience = number('max-ms', 0)
    const block = Buffer.alloc(65536, 7)
    let sent = 0
    while (sent < number('bytes', 10e6) && (patience === 0 || clock() - began < patience)) {
      const part = block.subarray(0, Math.min(block.length, number('bytes', 10e6) - sent))
      sent += part.length
      if (!stream.write(part)) await new Promise((resolve) => stream.once('drain', resolve))
    }
    stream.on('close', () => {
      say('done', { bytes: sent, ms: clock() - began, rtt: stream.rtt, cwnd: stream.cwnd, mtu: stream.mtu, rtoCount: stream.rtoCount, retransmits: stream.retransmits })
      process.exit(0)
    })
    stream.end()
    stream.resume()
  }
}

if (!modes[mode]) {
  console.error('modes: ' + Object.keys(modes).join(' '))
  process.exit(64)
}
modes[mode]().catch((error) => {
  say('crash', { code: error.code, message: error.message, stack: error.stack })
  process.exit(70)
})
