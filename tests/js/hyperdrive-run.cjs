// A drive in a store on disk, driven by JSON lines {"do", …}; each answers {"event": "done", …}.
const require_ = require('module').createRequire(process.cwd() + '/')
const crypto = require('crypto')
const Corestore = require_('corestore')
const Hyperdrive = require_('hyperdrive')
const Localdrive = require_('localdrive')

const hash = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex')
let store = null
let drive = null

const actions = {
  async open ({ dir, primaryKey, key, encryptionKey }) {
    store = new Corestore(dir, { primaryKey: primaryKey ? Buffer.from(primaryKey, 'hex') : undefined, unsafe: true })
    drive = new Hyperdrive(store, key ? Buffer.from(key, 'hex') : null, { encryptionKey: encryptionKey ? Buffer.from(encryptionKey, 'hex') : null })
    await drive.ready()
    return { key: drive.key.toString('hex'), contentKey: drive.contentKey ? drive.contentKey.toString('hex') : null, version: drive.version, writable: drive.writable }
  },
  async put ({ path, hex, options }) { await drive.put(path, Buffer.from(hex, 'hex'), options) },
  async del ({ path }) { await drive.del(path) },
  async symlink ({ path, target }) { await drive.symlink(path, target) },
  async batch ({ steps }) {
    const outer = drive
    drive = outer.batch()
    for (const step of steps) await actions[step.do](step)
    const batch = drive
    drive = outer
    await batch.flush()
  },
  async import ({ from, options }) { return await mirror(new Localdrive(from), drive, options) },
  async export ({ to, options }) { return await mirror(drive, new Localdrive(to), options) },
  async blocks () {
    const read = async (core) => {
      const all = []
      for (let i = 0; i < core.length; i++) all.push(hash(await core.get(i)))
      return all
    }
    const blobs = await drive.getBlobs()
    return { db: await read(drive.core), blobs: await read(blobs.core) }
  },
  async list ({ version }) {
    const from = version ? drive.checkout(version) : drive
    const files = []
    for await (const entry of from.list('/')) {
      // The reference cannot get an empty file that was stored with a block map.
      const blob = entry.value.blob
      const content = !blob ? null : blob.byteLength === 0 ? Buffer.alloc(0) : await from.get(entry.key)
      files.push({ path: entry.key, seq: entry.seq, executable: entry.value.executable, linkname: entry.value.linkname, metadata: entry.value.metadata, blob: entry.value.blob, hash: content ? hash(content) : null })
    }
    return { files }
  },
  async diff ({ version }) {
    const rows = []
    for await (const { left, right } of drive.diff(version, '/')) rows.push([left && left.seq, right && right.seq])
    return { rows }
  },
  async readdir ({ path }) {
    const names = []
    for await (const name of drive.readdir(path)) names.push(name)
    return { names }
  },
  async range ({ path, start, length }) {
    const chunks = []
    for await (const chunk of drive.createReadStream(path, { start, length })) chunks.push(chunk)
    return { hex: Buffer.concat(chunks).toString('hex') }
  },
  async close () {
    await drive.close()
    await store.close()
  }
}

async function mirror (from, to, options) {
  const run = from.mirror(to, options)
  const changes = []
  for await (const { op, key, bytesAdded, bytesRemoved } of run) changes.push([op, key, bytesAdded, bytesRemoved])
  return { changes }
}

async function main () {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    const command = JSON.parse(line)
    const result = await actions[command.do](command)
    console.log(JSON.stringify({ event: 'done', ...result }))
  }
}

main()
