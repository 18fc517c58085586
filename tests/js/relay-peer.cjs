// Reference peers for blind relays. Argument: a bootstrap "host:port", or nothing to start a network of its own.
// Speaks JSON lines: every command is { do, ... }, every event { event, ... }. A client here punches no hole before { do: 'open' }.
const DHT = require('hyperdht')
const relay = require('blind-relay')
const createTestnet = require('hyperdht/testnet')
const readline = require('readline')

const say = (event, rest = {}) => console.log(JSON.stringify({ event, ...rest }))
const hex = (b) => b.toString('hex')
const bytes = (s) => (s ? Buffer.from(s, 'hex') : null)
const gate = () => {
  let open
  const opened = new Promise((resolve) => { open = resolve })
  return { opened, open }
}
const punching = gate()
let bootstrap = null
let relays = null
let conn = null
let job = null

async function node (options = {}) {
  // On loopback a node may find out that everybody can reach it; then nobody would need a relay.
  const dht = new DHT({ bootstrap, host: '127.0.0.1', ephemeral: true, quickFirewall: false, ...options })
  await dht.fullyBootstrapped()
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
  for (let i = 0; i < data.length; i++) if (data[i] !== byteAt(job.got + i)) return say('exercised', { error: 'other bytes than were sent', bytes: job.got + i })
  job.got += data.length
  if (job.got === job.total) say('exercised', { error: null, bytes: job.got })
}

// Its relay is dialled once the first probe is on its way: with a relay that is quicker it would not look for a direct path at all.
function holdPunching (dht, target) {
  const probing = gate()
  const { peerHandshake, peerHolepunch } = dht._router
  dht._router.peerHandshake = async function (to, ...rest) {
    if (!to.equals(target)) await probing.opened
    return peerHandshake.call(this, to, ...rest)
  }
  let calls = 0
  dht._router.peerHolepunch = async function (...args) {
    if (calls++ > 0) await punching.opened
    probing.open()
    return peerHolepunch.apply(this, args)
  }
}

const commands = {
  async relay ({ seed }) {
    const dht = await node({ firewalled: false, ephemeral: false })
    relays = new relay.Server({ createStream: (opts) => dht.createRawStream({ ...opts, framed: true }) })
    const server = dht.createServer({ shareLocalAddress: false }, (socket) => {
      socket.on('error', () => {})
      relays.accept(socket, { id: socket.remotePublicKey }).on('error', (error) => say('sessionError', { message: error.message }))
    })
    await server.listen(DHT.keyPair(bytes(seed)))
    say('relaying', { key: hex(server.publicKey), port: dht.address().port })
  },
  async stats () { say('stats', { active: relays.stats.pairings.active }) },
  async server ({ seed, relayThrough }) {
    const dht = await node()
    const server = dht.createServer({ relayThrough: bytes(relayThrough), shareLocalAddress: false }, (connection) => {
      watch(connection, 'server')
      connection.on('data', (data) => connection.write(data))
      connection.on('end', () => connection.end())
    })
    await server.listen(DHT.keyPair(bytes(seed)))
    say('listening', { key: hex(server.publicKey) })
  },
  async connect ({ key, relayThrough }) {
    const dht = await node()
    holdPunching(dht, DHT.hash(bytes(key)))
    conn = dht.connect(bytes(key), { localConnection: false, fastOpen: false, relayThrough: bytes(relayThrough) })
    conn.on('error', (error) => say('exercised', { error: error.code || error.message, bytes: job ? job.got : 0 }))
    conn.on('open', () => {
      watch(conn, 'client')
      say('connected', { port: conn.rawStream.remotePort })
    })
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
  async open () { punching.open() },
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
