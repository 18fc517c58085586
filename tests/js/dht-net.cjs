// A HyperDHT network on loopback, or nodes that join one; told what to do in JSON lines.
// dht-net.cjs <count> [bootstrapPort]
const DHT = require('hyperdht')
const readline = require('readline')

const say = (event, more) => console.log(JSON.stringify({ event, ...more }))
const hex = (b) => (b ? Buffer.from(b).toString('hex') : null)
const bytes = (s) => Buffer.from(s, 'hex')
const nodes = []

async function main () {
  const count = Number(process.argv[2])
  const bootstrap = process.argv[3] ? [{ host: '127.0.0.1', port: Number(process.argv[3]) }] : []
  for (let i = 0; i < count; i++) {
    const node = new DHT({ bootstrap: bootstrap.slice(), ephemeral: false, firewalled: false, host: '127.0.0.1', port: 0 })
    await node.fullyBootstrapped()
    nodes.push(node)
    if (bootstrap.length === 0) bootstrap.push({ host: '127.0.0.1', port: node.address().port })
  }
  say('ready', { port: nodes[0].address().port, persistent: nodes.filter((n) => !n.ephemeral).length })
  const lines = readline.createInterface({ input: process.stdin })
  lines.on('line', (line) => run(JSON.parse(line)).catch((err) => say('error', { message: err.message, code: err.code })))
}

async function run (c) {
  const node = nodes[nodes.length - 1]
  const pair = c.seed ? DHT.keyPair(bytes(c.seed)) : null
  if (c.do === 'announce') {
    await node.announce(bytes(c.topic), pair, (c.relays || [])).finished()
    say('announced')
  } else if (c.do === 'unannounce') {
    await node.unannounce(bytes(c.topic), pair)
    say('unannounced')
  } else if (c.do === 'lookup') {
    const peers = new Map()
    for await (const reply of node.lookup(bytes(c.topic))) {
      for (const peer of reply.peers) peers.set(hex(peer.publicKey), peer.relayAddresses.map((a) => a.host + ':' + a.port))
    }
    say('looked', { peers: [...peers].map(([key, relays]) => ({ key, relays })) })
  } else if (c.do === 'findPeer') {
    let found = null
    for await (const reply of node.findPeer(bytes(c.key))) found = found || reply.peer
    say('foundPeer', { key: found && hex(found.publicKey) })
  } else if (c.do === 'immutablePut') {
    const { hash } = await node.immutablePut(bytes(c.value))
    say('put', { hash: hex(hash) })
  } else if (c.do === 'immutableGet') {
    const got = await node.immutableGet(bytes(c.hash))
    say('got', { value: got && hex(got.value) })
  } else if (c.do === 'mutablePut') {
    await node.mutablePut(pair, bytes(c.value), { seq: c.seq })
    say('put', {})
  } else if (c.do === 'mutableGet') {
    const got = await node.mutableGet(bytes(c.key), { seq: c.seq || 0 })
    say('got', { value: got && hex(got.value), seq: got && got.seq })
  } else if (c.do === 'listen') {
    const server = node.createServer()
    await server.listen(pair)
    say('listening', {})
  }
}

main().catch((err) => say('error', { message: err.stack }))
