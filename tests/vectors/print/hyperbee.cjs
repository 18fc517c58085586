// Prints headers and whole small trees as the reference writes them.
const load = require('module').createRequire(process.cwd() + '/')
const fs = require('fs')
const os = require('os')
const path = require('path')
const Corestore = load('corestore')
const Hyperbee = load('hyperbee')
const { Header, Extension } = load('hyperbee/lib/messages.js')

const hex = (bytes) => Buffer.from(bytes).toString('hex')
const feed = Buffer.alloc(32, 7)
const headers = [
  { protocol: 'hyperbee', metadata: null },
  { protocol: 'hyperbee', metadata: { contentFeed: null } },
  { protocol: 'hyperbee', metadata: { contentFeed: feed } },
  { protocol: 'hyperbee', metadata: { contentFeed: feed, userData: Buffer.from('user') } }
].map((header) => ({
  contentFeed: header.metadata && header.metadata.contentFeed ? hex(header.metadata.contentFeed) : null,
  userData: header.metadata && header.metadata.userData ? hex(header.metadata.userData) : null,
  hasMetadata: header.metadata !== null,
  hex: hex(Header.encode(header))
}))

async function tree (store, name, run) {
  const core = store.get({ name })
  const bee = new Hyperbee(core, { extension: false })
  await bee.ready()
  await run(bee)
  const blocks = []
  for (let i = 0; i < core.length; i++) blocks.push(hex(await core.get(i)))
  return blocks
}

async function main () {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'nashi-vectors-'))
  const store = new Corestore(dir)
  const key = (i) => 'key-' + String(i).padStart(3, '0')
  const puts = await tree(store, 'puts', async (bee) => {
    for (let i = 0; i < 100; i++) await bee.put(key((i * 37) % 100), 'value ' + i)
  })
  const deletes = await tree(store, 'deletes', async (bee) => {
    for (let i = 0; i < 60; i++) await bee.put(key(i), 'v')
    for (let i = 0; i < 60; i++) await bee.del(key((i * 23) % 60))
  })
  const batch = await tree(store, 'batch', async (bee) => {
    const all = bee.batch()
    for (let i = 0; i < 60; i++) await all.put(key((i * 37) % 60), null)
    for (let i = 0; i < 60; i += 2) await all.del(key(i))
    await all.flush()
  })
  const subs = await tree(store, 'subs', async (bee) => {
    await bee.sub('a').put('x', '1')
    await bee.sub('a').sub('b').put('y', '2')
    await bee.sub('c', { sep: '!' }).put('z', '3')
  })
  const range = { version: 5, gte: Buffer.from('a'), gt: null, lte: null, lt: Buffer.from('b'), limit: 7, reverse: true, checkpoint: [] }
  const hints = {
    get: Extension.encode({ get: { version: 5, key: Buffer.from('k') } }).toString('hex'),
    cache: Extension.encode({ cache: { blocks: [1, 300], start: 1, end: 301 } }).toString('hex'),
    iterator: Extension.encode({ iterator: range }).toString('hex'),
    iteratorWithCheckpoint: Extension.encode({ iterator: { ...range, gte: null, gt: range.gte, lt: null, lte: range.lt, checkpoint: [1, 0, 200] } }).toString('hex')
  }
  await store.close()
  fs.rmSync(dir, { recursive: true, force: true })
  console.log(JSON.stringify({ headers, puts, deletes, batch, subs, hints }, null, 1))
}

main()
