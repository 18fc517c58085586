'use strict'
// A base of the reference with one writer: commands as JSON lines on standard input, one answer each. Arguments: folder, options as JSON
// ({ "key", "encryptionKey", "encrypt", "ackInterval", "optimistic" }).
const load = require('module').createRequire(process.cwd() + '/')
const net = require('net')
const readline = require('readline')
const Corestore = load('corestore')
const { create, apply, brief, hex } = load('./autobase-lib.cjs')

const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }))
const bytes = (text) => text ? Buffer.from(text, 'hex') : null
const options = JSON.parse(process.argv[3] || '{}')
const sockets = new Set()

const store = new Corestore(process.argv[2])
const base = create(store, bytes(options.key), {
  ackInterval: options.ackInterval || 0,
  encrypt: !!options.encrypt,
  encryptionKey: bytes(options.encryptionKey),
  optimistic: !!options.optimistic,
  fastForward: options.fastForward === true,
  apply: applyLater
})
base.on('fast-forward', (to, from) => {
  options.jumpFirst = false
  say('fast-forward', { from, to })
})
base.on('error', (err) => say('error', { message: err.stack }))
base.on('warning', (err) => say('warning', { message: err.stack }))

// After "jumpFirst", waits until there is something to jump to: applying may be faster than that.
async function applyLater (nodes, view, host) {
  while (options.jumpFirst && base.core.manifest.quorum > 0 && base.fastForwardTo === null) await new Promise((resolve) => setTimeout(resolve, 5))
  return apply(nodes, view, host)
}

function replicate (socket, isInitiator) {
  const stream = base.replicate(isInitiator)
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
  socket.on('error', () => {})
  stream.on('error', () => {})
  stream.pipe(socket).pipe(stream)
}

const commands = {
  async append (m) {
    await base.append(Array.isArray(m.value) ? m.value.map((text) => Buffer.from(text)) : Buffer.from(m.value), { optimistic: !!m.optimistic })
    return {}
  },
  async ack () {
    await base.ack()
    return { length: base.local.length }
  },
  async state () {
    await base.update()
    return { system: await brief(base.system.core), log: await brief(base.view.log), bee: await brief(base.view.bee.core), indexedLength: base.indexedLength }
  },
  async writable () {
    await base.waitForWritable()
    return {}
  },
  async jumpFirst () {
    options.jumpFirst = true
    return {}
  },
  async fill (m) {
    for (let i = 0; i < m.count; i += m.batch) await base.append(Array.from({ length: m.batch }, (_, j) => Buffer.from(`value ${i + j}`)))
    return {}
  },
  async read (m) {
    return { value: (await base.view.log.get(m.index)).toString() }
  },
  async listen () {
    const server = net.createServer((socket) => replicate(socket, false))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { port: server.address().port }
  },
  async connect (m) {
    replicate(net.connect(m.port, '127.0.0.1'), true)
    return {}
  },
  async disconnect () {
    for (const socket of sockets) socket.destroy()
    return {}
  },
  async close () {
    await base.close()
    await store.close()
    return {}
  }
}

async function main () {
  await base.ready()
  say('open', { key: hex(base.key), local: hex(base.local.key), encryptionKey: hex(base.encryptionKey) })
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const m = JSON.parse(line)
    try {
      say(m.op, await commands[m.op](m))
    } catch (err) {
      say('error', { message: err.stack })
    }
    if (m.op === 'close') process.exit(0)
  }
}

main()
