// Prints a small store of hypercore 10 and corestore 6, for the tests of its import. Those packages are not among ours: install them in a folder of their own,
//   npm install hypercore@10.38.2 corestore@6 && node hypercore10-store.cjs FOLDER/node_modules > ../vectors/hypercore10.json
const fs = require('fs')
const os = require('os')
const path = require('path')
const zlib = require('zlib')
const { createRequire } = require('module')

const old = createRequire(path.resolve(process.argv[2]) + '/')
const Corestore = old('corestore')

const block = (i) => Buffer.from('block ' + i)

async function main () {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nashi-old-'))
  const store = new Corestore(path.join(folder, 'a'), { primaryKey: Buffer.alloc(32, 7) })
  const cores = []
  const log = store.get({ name: 'log' })
  await log.ready()
  for (let i = 0; i < 40; i++) await log.append(block(i))
  await log.append([block(40), Buffer.alloc(0), Buffer.alloc(3000, 9)])
  await log.setUserData('colour', Buffer.from('blue'))
  cores.push(await describe('log', log))

  const cut = store.namespace('app').get({ name: 'cut' })
  for (let i = 0; i < 20; i++) await cut.append(block(i))
  await cut.truncate(12)
  for (let i = 0; i < 5; i++) await cut.append(block(100 + i))
  await cut.clear(3, 6)
  cores.push(await describe('cut', cut))

  const compat = store.get({ name: 'compat', compat: true })
  await compat.append([block(0), block(1), block(2)])
  cores.push(await describe('compat', compat))

  const other = new Corestore(path.join(folder, 'b'))
  const theirs = other.get({ name: 'theirs' })
  await theirs.append(Array.from({ length: 300 }, (_, i) => block(i)))
  const sparse = store.get({ key: theirs.key })
  const [left, right] = [store.replicate(true), other.replicate(false)]
  left.on('error', () => {})
  right.on('error', () => {})
  left.pipe(right).pipe(left)
  await sparse.update({ wait: true })
  for (const i of [0, 7, 8, 100, 299]) await sparse.get(i)
  cores.push(await describe(null, sparse))
  left.destroy()
  right.destroy()
  await store.close()
  await other.close()

  const files = {}
  read(path.join(folder, 'a'), '', files)
  fs.rmSync(folder, { recursive: true })
  console.log(JSON.stringify({ cores, files }, null, 1))
}

async function describe (name, core) {
  const held = []
  for (let i = 0; i < core.length; i++) if (await core.has(i)) held.push(i)
  return { name, key: core.key.toString('hex'), length: core.length, fork: core.fork, writable: core.writable, treeHash: (await core.treeHash()).toString('hex'), held }
}

function read (folder, name, files) {
  for (const entry of fs.readdirSync(path.join(folder, name), { withFileTypes: true })) {
    const below = path.join(name, entry.name)
    if (entry.isDirectory()) read(folder, below, files)
    else files[below] = zlib.gzipSync(fs.readFileSync(path.join(folder, below)), { level: 9 }).toString('base64')
  }
}

main()
