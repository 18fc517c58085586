'use strict'
// A store opened by the reference: one command per line on standard input, one answer per line. Arguments: folder, then JSON options.
const Storage = require('hypercore-storage')
const Hypercore = require('hypercore')
const b4a = require('b4a')
const readline = require('readline')

const hex = (b) => (b ? b4a.toString(b, 'hex') : null)
const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }))
const options = JSON.parse(process.argv[3] || '{}')
const storage = new Storage(process.argv[2], options)
const open = new Map()

async function core(m) {
  const id = m.name || m.key
  if (open.has(id)) return open.get(id)
  const keyPair = m.name ? require('hypercore-crypto').keyPair(b4a.alloc(32, m.name)) : null
  const opened = keyPair ? new Hypercore(storage, Hypercore.key(keyPair.publicKey), { keyPair, manifest: { version: 1, quorum: 1, signers: [{ signature: 'ed25519', namespace: require('hypercore/lib/caps').DEFAULT_NAMESPACE, publicKey: keyPair.publicKey }] } }) : new Hypercore(storage, b4a.from(m.key, 'hex'))
  await opened.ready()
  open.set(id, opened)
  return opened
}

const commands = {
  async append(m) {
    const c = await core(m)
    const blocks = []
    for (let i = 0; i < m.count; i++) blocks.push(b4a.alloc(m.size || 5, m.text + (c.length + i)))
    if (m.single) for (const b of blocks) await c.append(b)
    else await c.append(blocks)
    for (const [key, value] of Object.entries(m.userData || {})) await c.setUserData(key, b4a.from(value))
    return { key: hex(c.key), discoveryKey: hex(c.discoveryKey), length: c.length, treeHash: hex(await c.treeHash()) }
  },
  async read(m) {
    const c = await core(m)
    const blocks = []
    for (let i = 0; i < c.length; i++) blocks.push(hex((await c.has(i)) ? await c.get(i) : null))
    return { key: hex(c.key), length: c.length, treeHash: hex(await c.treeHash()), contiguous: c.contiguousLength, writable: c.writable, blocks }
  },
  async session(m) {
    const c = await core(m)
    const s = c.session({ name: m.session })
    await s.ready()
    for (let i = 0; i < m.count; i++) await s.append(b4a.from('session' + i))
    const length = s.length
    await s.close()
    return { length }
  },
  async truncate(m) {
    await (await core(m)).truncate(m.length)
  },
  async clear(m) {
    await (await core(m)).clear(m.start, m.end)
  },
  async list() {
    const cores = []
    const aliases = []
    for await (const e of storage.createDiscoveryKeyStream()) cores.push(hex(e))
    for await (const e of storage.createAliasStream()) aliases.push({ name: e.alias.name, namespace: hex(e.alias.namespace), discoveryKey: hex(e.discoveryKey) })
    return { cores, aliases, seed: hex(await storage.getSeed()), first: hex(await storage.getDefaultDiscoveryKey()) }
  },
  async seed(m) {
    return { seed: hex(await storage.setSeed(b4a.from(m.seed, 'hex'), { overwrite: false })) }
  },
  async dump() {
    const entries = {}
    for await (const { key, value } of storage.db.iterator({ gte: b4a.from([0]), lt: b4a.from([7]) })) entries[hex(key)] = hex(value)
    return { entries }
  },
  async flush() {
    await storage.flush()
  },
  async compact() {
    await storage.flush()
    await storage.db.compactRange()
  },
  async close() {
    for (const c of open.values()) await c.close()
    await storage.close()
  }
}

async function main() {
  try {
    await storage.ready()
    await storage.getSeed()
  } catch (err) {
    say('refused', { code: err.code || null, message: err.message })
    process.exit(0)
  }

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
  say('failed', { message: err.message, stack: err.stack })
  process.exit(1)
})
