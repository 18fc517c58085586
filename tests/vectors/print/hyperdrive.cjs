// Prints block maps, content-defined cuts and drive entries as the reference writes them.
const load = require('module').createRequire(process.cwd() + '/')
const fs = require('fs')
const os = require('os')
const path = require('path')
const Corestore = load('corestore')
const Hyperdrive = load('hyperdrive')
const map = load('hyperblobs/lib/block-map.js')
const { Chunker } = load('rabin-native')

const hex = (bytes) => Buffer.from(bytes).toString('hex')
const sha256 = (bytes) => require('crypto').createHash('sha256').update(bytes).digest('hex')
const blocks = (count) => Array.from({ length: count }, (_, i) => ({ index: i * 300, byteLength: 65536 - i }))
const maps = [1, 2, 8192, 8193].map((count) => ({ count, hex: map.encode({ blocks: blocks(count) }).map((block) => count < 100 ? hex(block) : sha256(block)) }))

// A linear congruential generator that both sides compute.
function noise (size, state) {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

function cuts (bytes) {
  const lengths = []
  const chunker = new Chunker()
  for (const chunk of chunker.push(bytes)) lengths.push(chunk.length)
  return lengths
}

async function main () {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'nashi-vectors-'))
  const store = new Corestore(dir, { primaryKey: Buffer.alloc(32, 1), unsafe: true })
  const drive = new Hyperdrive(store)
  await drive.ready()
  const keys = { key: hex(drive.key), contentKey: hex(drive.contentKey) }
  await drive.put('/a', Buffer.from('hello'), { executable: true, metadata: { text: 'ü\u0001"\\/' } })
  await drive.symlink('/l', '/a')
  const db = []
  for (let i = 0; i < drive.core.length; i++) db.push(hex(await drive.core.get(i)))
  await store.close()
  fs.rmSync(dir, { recursive: true, force: true })
  const unix = load('unix-path-resolve')
  const paths = ['a', '/a/b', 'a//b/./c', '/a/../b', '\\a\\b', 'C:\\x\\y', 'C:/x', 'file:/x/y', 'a/b/', '.', './a', 'a/..', 'http://host/x']
    .map((name) => ({ name, resolved: unix('/', name) }))
  console.log(JSON.stringify({ keys, db, maps, cuts: { seed: 1, size: 12 << 20, lengths: cuts(noise(12 << 20, 1)), zeros: cuts(Buffer.alloc(2 << 20)) }, paths }, null, 1))
}

main()
