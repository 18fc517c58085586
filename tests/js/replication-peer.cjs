// One hypercore on a TCP port of this machine, over a secret stream; driven by lines of JSON on standard input.
// node replication-peer.cjs '{"dir": path, "key"?: hex, "version"?: n, "compat"?: bool, "encryptionKey"?: hex, "initiator"?: bool}'
const net = require('net')
const readline = require('readline')
const Hypercore = require('hypercore')
const SecretStream = require('@hyperswarm/secret-stream')
const crypto = require('hypercore-crypto')

const options = JSON.parse(process.argv[2] || '{}')
const say = (event, more) => console.log(JSON.stringify({ event, ...more }))

const errors = []

async function main () {
  const keyPair = crypto.keyPair(Buffer.alloc(32, 1))
  const opts = { encryptionKey: options.encryptionKey ? Buffer.from(options.encryptionKey, 'hex') : null }
  if (!options.key) {
    opts.keyPair = keyPair
    if (options.compat) opts.compat = true
    if (options.version !== undefined && !options.compat) {
      opts.manifest = { version: options.version, quorum: 1, signers: [{ namespace: require('hypercore/lib/caps').DEFAULT_NAMESPACE, publicKey: keyPair.publicKey }] }
    }
  }
  const core = new Hypercore(options.dir, options.key ? Buffer.from(options.key, 'hex') : null, opts)
  await core.ready()
  core.on('append', () => say('append', { length: core.length, fork: core.fork }))
  core.on('truncate', () => say('truncate', { length: core.length, fork: core.fork }))
  core.on('conflict', () => { say('conflict'); errors.push('conflict') })
  core.on('verification-error', (error) => errors.push('verification ' + error.message))
  core.on('invalid-request', (error) => errors.push('request ' + error.message))

  // Says what came, and sends it back to front.
  const extension = core.registerExtension('turn', {
    encoding: 'binary',
    onmessage: (message, peer) => {
      say('extension', { message: message.toString() })
      extension.send(Buffer.from(message).reverse(), peer)
    }
  })
  core.turn = extension

  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {})
    const stream = new SecretStream(!!options.initiator, socket)
    stream.on('error', (error) => say('stream-error', { message: error.message }))
    stream.on('close', () => say('stream-close'))
    core.replicate(stream)
  })
  server.listen(0, '127.0.0.1', () => say('ready', { port: server.address().port, key: core.key.toString('hex'), length: core.length }))

  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line)
    run(core, command).then((more) => say(command.id || command.run, more || {}), (error) => say(command.id || command.run, { error: error.message, code: error.code }))
  }
}

// While a fork is being adopted there is none.
const tree = (core) => Hypercore.treeHashFromStorage(core).then((hash) => hash.toString('hex'), () => '')

const block = (index, size) => Buffer.alloc(size, (index * 31) & 255)

async function run (core, { run, count, size, index, start, end, length, offset, linear }) {
  switch (run) {
    case 'fill': {
      for (let i = 0; i < count; i += 1000) {
        const batch = []
        for (let k = i; k < Math.min(count, i + 1000); k++) batch.push(block(core.length + k - i, size))
        await core.append(batch)
      }
      return { length: core.length }
    }
    case 'truncate': await core.truncate(length); return { length: core.length, fork: core.fork }
    case 'clear': await core.clear(start, end); return
    case 'get': return { value: (await core.get(index, { timeout: 30000 })).toString('hex') }
    case 'update': return { updated: await core.update({ wait: true }), length: core.length }
    case 'download': {
      await core.download({ start, end, linear: !!linear }).done()
      return { contiguous: core.contiguousLength, length: core.length, tree: await tree(core) }
    }
    case 'seek': return { found: await core.seek(offset, { timeout: 30000 }) }
    case 'info': return { errors, length: core.length, fork: core.fork, contiguous: core.contiguousLength, remote: core.remoteContiguousLength, tree: await tree(core), peers: core.peers.length, version: core.manifest ? core.manifest.version : -1 }
    case 'broadcast': core.turn.broadcast(Buffer.alloc(size, count)); return
    case 'append': await core.append(Buffer.alloc(size, count)); return { length: core.length }
  }
  throw new Error('unknown command ' + run)
}

main()
