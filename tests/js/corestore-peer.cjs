'use strict'
// A corestore of the reference: one command per line on standard input, one answer per line. Argument: folder.
const Corestore = require('corestore')
const b4a = require('b4a')
const net = require('net')
const readline = require('readline')

const hex = (b) => (b ? b4a.toString(b, 'hex') : null)
const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }))
const store = new Corestore(process.argv[2])

async function core(m) {
  let at = store
  for (const name of m.namespaces || []) at = at.namespace(name)
  const opened = at.get(m.key ? { key: b4a.from(m.key, 'hex') } : { name: m.name })
  await opened.ready()
  return opened
}

const commands = {
  async append(m) {
    const c = await core(m)
    for (let i = 0; i < m.count; i++) await c.append(b4a.from(m.text + c.length))
    return { key: hex(c.key), length: c.length, treeHash: hex(await c.treeHash()) }
  },
  async read(m) {
    const c = await core(m)
    const blocks = []
    for (let i = 0; i < c.length; i++) blocks.push(b4a.toString(await c.get(i, { wait: false })))
    return { key: hex(c.key), length: c.length, writable: c.writable, treeHash: hex(await c.treeHash()), blocks }
  },
  async listen() {
    const server = net.createServer((socket) => {
      const stream = store.replicate(false)
      stream.on('error', () => {})
      socket.on('error', () => {})
      stream.pipe(socket).pipe(stream)
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { port: server.address().port }
  },
  async fetch(m) {
    const c = await core(m)
    return { block: b4a.toString(await c.get(m.index)), length: c.length }
  },
  async list() {
    const cores = []
    for await (const e of store.list()) cores.push(hex(e))
    return { cores, primaryKey: hex(store.primaryKey) }
  },
  async close() {
    await store.close()
  }
}

async function main() {
  await store.ready()
  say('open')
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const m = JSON.parse(line)
    try {
      say('answer', await commands[m.op](m))
    } catch (err) {
      say('answer', { failed: err.stack })
    }
    if (m.op === 'close') process.exit(0)
  }
}

main().catch((err) => {
  say('failed', { message: err.stack })
  process.exit(1)
})
