// Reference peers for blind relays. Arguments: a bootstrap "host:port", or nothing to start a network of its own.
// Speaks JSON lines: every command is { do, ... }, every event { event, ... }. Hole-punch messages wait until { do: 'open' }.
const DHT = require('hyperdht')
const relay = require('blind-relay')
const createTestnet = require('hyperdht/testnet')
const readline = require('readline')

const say = (event, rest = {}) => console.log(JSON.stringify({ event, ...rest }))
const hex = (b) => b.toString('hex')
const bytes = (s) => (s ? Buffer.from(s, 'hex') : null)
let bootstrap = null
let open
const opened = new Promise((resolve) => { open = resolve })
let conn = null
let job = null

async function node (options = {}) {
  const dht = new DHT({ bootstrap, host: '127.0.0.1', ephemeral: true, ...options })
  await dht.fullyBootstrapped()
  // On loopback a node may find out that everybody can reach it; then nobody would need a relay.
  if (options.firewalled !== false) dht.remoteAddress = () => null
  return dht
}

// Byte number n of every job.
const byteAt = (n) => (n * 31 + (n >> 8) * 7 + (n >> 16)) & 0xff

function watch (connection, side) {
  const raw = connection.rawStream
  connection.on('error', (error) => say('failed', { side, code: error.code || null, message: error.message }))
  connection.on('close', () => say('closed', { side }))
  const change = raw.changeRemote
  raw.changeRemote = function (socket, id, port, host) {
    say('changing', { side, port })
    return change.call(this, socket, id, port, host)
  }
  raw.on('remote-changed', () => say('changed', { side, port: raw.remotePort }))
}

function take (data) {
  for (let i = 0; i < data.length; i++) if (data[i] !== byteAt(job.got + i)) return say('corrupt', { at: job.got + i })
  job.got += data.length
  if (job.got === job.total) say('echoed', { bytes: job.got })
}

const commands = {
  async relay ({ seed }) {
    const dht = await node({ firewalled: false, ephemeral: false })
    const relays = new relay.Server({ createStream: (opts) => dht.createRawStream({ ...opts, framed: true }) })
    const server = dht.createServer({ shareLocalAddress: false }, (socket) => {
      socket.on('error', () => {})
      relays.accept(socket, { id: socket.remotePublicKey }).on('error', (error) => say('sessionError', { message: error.message }))
    })
    await server.listen(DHT.keyPair(bytes(seed)))
    commands.stats = async () => say('stats', { active: relays.stats.pairings.active, matched: relays.stats.pairings.matched })
    commands.die = async () => {
      await dht.destroy({ force: true })
      say('died')
    }
    say('relaying', { key: hex(server.publicKey) })
  },
  async server ({ seed, relayThrough }) {
    const dht = await node()
    const server = dht.createServer({ relayThrough: bytes(relayThrough), shareLocalAddress: false }, (connection) => {
      watch(connection, 'server')
      say('connection', { key: hex(connection.remotePublicKey), port: connection.rawStream.remotePort })
      connection.on('data', (data) => connection.write(data))
      connection.on('end', () => connection.end())
    })
    const punch = server._onpeerholepunch
    server._onpeerholepunch = async function (...args) {
      await opened
      return punch.apply(this, args)
    }
    await server.listen(DHT.keyPair(bytes(seed)))
    say('listening', { key: hex(server.publicKey) })
  },
  async connect ({ key, relayThrough }) {
    const dht = await node()
    const punch = dht._router.peerHolepunch
    dht._router.peerHolepunch = async function (...args) {
      await opened
      return punch.apply(this, args)
    }
    conn = dht.connect(bytes(key), { localConnection: false, fastOpen: false, relayThrough: bytes(relayThrough) })
    conn.on('open', () => {
      watch(conn, 'client')
      say('connected', { key: hex(conn.remotePublicKey), port: conn.rawStream.remotePort })
    })
    conn.on('error', (error) => say('failed', { side: 'client', code: error.code || null, message: error.message }))
    conn.on('data', take)
  },
  async exercise ({ total }) {
    job = { total, got: 0 }
    let sent = 0
    const more = () => {
      while (sent < total) {
        const chunk = Buffer.alloc(Math.min(65536, total - sent))
        for (let i = 0; i < chunk.length; i++) chunk[i] = byteAt(sent + i)
        sent += chunk.length
        if (!conn.write(chunk)) return conn.once('drain', more)
      }
    }
    more()
  },
  async open () { open() },
  async close () { conn.end() }
}

async function main () {
  const given = process.argv[2]
  if (given) {
    const [host, port] = given.split(':')
    bootstrap = [{ host, port: Number(port) }]
  } else {
    bootstrap = (await createTestnet(4, { host: '127.0.0.1' })).bootstrap
  }
  say('ready', { bootstrap: bootstrap.map((b) => b.host + ':' + b.port) })
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const command = JSON.parse(line)
    commands[command.do](command).catch((error) => say('failed', { code: error.code || null, message: error.stack }))
  })
}

main()
