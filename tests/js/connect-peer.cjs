// Reference peers for the connect and swarm tests. Arguments: a bootstrap "host:port", or nothing to start a network of its own.
// Speaks JSON lines: every command is { do, ... }, every event { event, ... }.
const DHT = require('hyperdht')
const Hyperswarm = require('hyperswarm')
const createTestnet = require('hyperdht/testnet')
const readline = require('readline')

const say = (event, rest = {}) => console.log(JSON.stringify({ event, ...rest }))
const hex = (b) => b.toString('hex')
const bytes = (s) => Buffer.from(s, 'hex')
const kinds = new Map()
let bootstrap = null

function node (options = {}) {
  return new DHT({ bootstrap, host: '127.0.0.1', ephemeral: true, ...options })
}

function echo (conn) {
  conn.on('data', (data) => conn.write(data))
  conn.on('end', () => conn.end())
}

// Sends messages and waits until all came back unchanged.
function exercise (conn, total) {
  const chunk = Buffer.alloc(65536)
  let sent = 0
  let got = 0
  conn.on('data', (data) => {
    for (let i = 0; i < data.length; i += 997) if (data[i] !== ((got + i) >> 16 & 0xff)) return say('corrupt', { at: got + i })
    got += data.length
    if (got === total) say('echoed', { bytes: got })
  })
  const more = () => {
    while (sent < total) {
      chunk.fill(sent >> 16 & 0xff)
      sent += chunk.length
      if (!conn.write(Buffer.from(chunk))) return conn.once('drain', more)
    }
  }
  more()
}

function watch (conn, extra) {
  conn.on('error', (error) => say('failed', { code: error.code || null, message: error.message, ...extra }))
  conn.on('close', () => say('closed', { key: conn.remotePublicKey && hex(conn.remotePublicKey), ...extra }))
}

const commands = {
  async server ({ seed, refuse, open }) {
    const dht = node(open ? { firewalled: false, ephemeral: false } : {})
    await dht.fullyBootstrapped()
    const server = dht.createServer({ firewall: () => !!refuse }, (conn) => {
      watch(conn, { side: 'server' })
      say('connection', { key: hex(conn.remotePublicKey) })
      echo(conn)
    })
    await server.listen(DHT.keyPair(bytes(seed)))
    say('listening', { key: hex(server.publicKey) })
    commands.unlisten = async () => {
      await server.close()
      say('unlistened')
    }
  },
  async connect ({ key, total, lan = true, open }) {
    const dht = node(open ? { firewalled: false, ephemeral: false } : {})
    await dht.fullyBootstrapped()
    const conn = dht.connect(bytes(key), { localConnection: lan })
    watch(conn, { side: 'client' })
    conn.on('open', () => {
      say('open', { key: hex(conn.remotePublicKey) })
      exercise(conn, total)
    })
  },
  async swarm ({ name, seed }) {
    const swarm = new Hyperswarm({ dht: node(), keyPair: DHT.keyPair(bytes(seed)) })
    kinds.set(name, swarm)
    swarm.on('connection', (conn, info) => {
      watch(conn, { name })
      say('connection', { name, key: hex(conn.remotePublicKey), isInitiator: conn.isInitiator, topics: info.topics.map(hex) })
      echo(conn)
    })
    say('swarm', { name, key: hex(swarm.keyPair.publicKey) })
  },
  async listen ({ name }) {
    await kinds.get(name).listen()
    say('listening', { name })
  },
  async join ({ name, topic, server = true, client = true }) {
    await kinds.get(name).join(bytes(topic), { server, client }).flushed()
    say('joined', { name })
  },
  async leave ({ name, topic }) {
    await kinds.get(name).leave(bytes(topic))
    say('left', { name })
  },
  async joinPeer ({ name, key }) {
    kinds.get(name).joinPeer(bytes(key))
  },
  async drop ({ name }) {
    for (const conn of kinds.get(name).connections) conn.destroy()
  },
  async count ({ name }) {
    say('count', { name, connections: kinds.get(name).connections.size })
  },
  async lookup ({ topic }) {
    const dht = node()
    await dht.fullyBootstrapped()
    const keys = new Set()
    for await (const found of dht.lookup(bytes(topic))) for (const peer of found.peers) keys.add(hex(peer.publicKey))
    say('found', { keys: [...keys] })
  }
}

async function main () {
  const given = process.argv[2]
  if (given) {
    const [host, port] = given.split(':')
    bootstrap = [{ host, port: Number(port) }]
  } else {
    const testnet = await createTestnet(4, { host: '127.0.0.1' })
    bootstrap = testnet.bootstrap
  }
  say('ready', { bootstrap: bootstrap.map((b) => b.host + ':' + b.port) })
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const command = JSON.parse(line)
    commands[command.do](command).catch((error) => say('failed', { code: error.code || null, message: error.stack }))
  })
}

main()
