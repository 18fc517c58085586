// A reference blind peer or its client, told what to do in JSON lines: blindpeer-peer.cjs <bootstrap host:port>. Commands { do, ... }, events { event, ... }.
const DHT = require('hyperdht')
const Hyperswarm = require('hyperswarm')
const Corestore = require('corestore')
const BlindPeer = require('blind-peer')
const BlindPeering = require('blind-peering')
const ProtomuxRPC = require('protomux-rpc')
const Wakeup = require('protomux-wakeup')
const { AddCoreEncoding, DeleteCoreEncoding } = require('blind-peer-encodings')
const readline = require('readline')

const say = (event, rest = {}) => console.log(JSON.stringify({ event, ...rest }))
const hex = (b) => b && Buffer.from(b).toString('hex')
const bytes = (s) => s && Buffer.from(s, 'hex')
const [host, port] = process.argv[2].split(':')
const bootstrap = [{ host, port: Number(port) }]

let server = null
let store = null
let dht = null
let peering = null
let wakeup = null
let swarm = null
const cores = new Map()

const commands = {
  // Becomes a blind peer.
  async server ({ folder, maxBytes, trusted }) {
    const node = new DHT({ bootstrap, host: '127.0.0.1', ephemeral: true })
    const bp = new BlindPeer(folder, { swarm: new Hyperswarm({ dht: node, keyPair: DHT.keyPair() }), maxBytes, trustedPubKeys: (trusted || []).map(bytes) })
    server = bp
    bp.on('add-core', (record) => say('kept', { key: hex(record.key) }))
    bp.on('delete-core-end', (stream, { key }) => say('deleted', { key: hex(key) }))
    bp.on('core-activity', (core) => say('activity', { key: hex(core.key), length: core.length, contiguous: core.contiguousLength }))
    await bp.listen()
    say('server', { key: hex(bp.publicKey) })
  },

  // Becomes a client of blind peers.
  async client ({ folder, keys, seed }) {
    store = new Corestore(folder)
    await store.ready()
    dht = new DHT({ bootstrap, host: '127.0.0.1', ephemeral: true, keyPair: seed ? DHT.keyPair(bytes(seed)) : undefined })
    wakeup = new Wakeup()
    peering = new BlindPeering(dht, store, { keys: keys.map(bytes), wakeup })
    say('client', { key: hex(dht.defaultKeyPair.publicKey) })
  },

  // Makes a core, encrypted where a key is given, and asks blind peers to keep it.
  async add ({ name, blocks, encryptionKey, priority, announce, referrer }) {
    const core = store.get({ name, encryptionKey: bytes(encryptionKey) })
    await core.ready()
    cores.set(name, core)
    core.on('upload', (index) => say('uploaded', { name, index }))
    await core.append(blocks.map((b) => Buffer.from(b)))
    peering.addCoreBackground(core, { priority, announce, referrer: bytes(referrer) })
    say('added', { key: hex(core.key), discoveryKey: hex(core.discoveryKey), length: core.length })
  },

  async append ({ name, blocks }) {
    const core = cores.get(name)
    await core.append(blocks.map((b) => Buffer.from(b)))
    say('appended', { length: core.length })
  },

  // Reads all of a core from whoever answers under a public key.
  async fetch ({ key, from, length, encryptionKey }) {
    const core = store.get({ key: bytes(key), encryptionKey: bytes(encryptionKey) })
    await core.ready()
    if (!swarm) {
      swarm = new Hyperswarm({ dht })
      swarm.on('connection', (conn) => store.replicate(conn))
    }
    if (from) swarm.joinPeer(bytes(from))
    else swarm.join(core.discoveryKey, { server: false, client: true })
    while (core.length < length) await new Promise((resolve) => core.once('append', resolve))
    const blocks = []
    for (let i = 0; i < length; i++) blocks.push((await core.get(i)).toString())
    say('fetched', { blocks })
  },

  // Says when news of a group comes.
  async listen ({ referrer, from }) {
    wakeup.session(bytes(referrer), {
      onannounce (writers, peer) { say('woken', { writers: writers.map((w) => ({ key: hex(w.key), length: w.length })) }) }
    })
    const conn = dht.connect(bytes(from))
    wakeup.addStream(conn)
    conn.on('error', () => {})
    await conn.opened
    say('listening')
  },

  async request ({ server, method, key, priority, announce }) {
    const conn = dht.connect(bytes(server))
    conn.on('error', () => {})
    const rpc = new ProtomuxRPC(conn, { id: bytes(server) })
    try {
      const answer = method === 'add-core'
        ? await rpc.request(method, { key: bytes(key), priority, announce }, AddCoreEncoding)
        : await rpc.request(method, { key: bytes(key) }, DeleteCoreEncoding)
      say('answer', { answer: answer && answer.key ? { ...answer, key: hex(answer.key), referrer: hex(answer.referrer) } : answer })
    } catch (err) {
      say('answer', { failed: err.message, cause: err.cause && err.cause.message })
    }
    conn.destroy()
  }
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line)
  commands[command.do](command).catch((error) => say('error', { message: error.stack }))
})

say('ready')
