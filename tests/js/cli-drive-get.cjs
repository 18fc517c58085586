// Downloads a drive as a JavaScript user would, into memory, and prints each file's hash.
const crypto = require('crypto')
const Hyperswarm = require('hyperswarm')
const Corestore = require('corestore')
const Hyperdrive = require('hyperdrive')
const { args, say, node } = require('./cli-lib.cjs')

main()

async function main () {
  const store = new Corestore(args.store)
  const drive = new Hyperdrive(store, Buffer.from(args.key, 'hex'))
  await drive.ready()
  const swarm = new Hyperswarm({ dht: node() })
  swarm.on('connection', (connection) => store.replicate(connection))
  const done = drive.findingPeers()
  swarm.join(drive.discoveryKey, { server: false, client: true })
  swarm.flush().then(done, done)
  await drive.update({ wait: true })
  const files = {}
  for await (const entry of drive.list('/')) {
    const bytes = await drive.get(entry.key)
    files[entry.key] = {
      hash: bytes && crypto.createHash('sha256').update(bytes).digest('hex'),
      executable: entry.value.executable,
      linkname: entry.value.linkname,
      blockMap: !!(entry.value.blob && entry.value.blob.blockMap)
    }
  }

  say('files', { version: drive.version, files })
  await swarm.destroy()
  await store.close()
  process.exit(0)
}
