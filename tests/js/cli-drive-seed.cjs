// Puts a folder into a drive as a JavaScript user would (--dedup: as Pear stages) and seeds it.
const Hyperswarm = require('hyperswarm')
const Corestore = require('corestore')
const Hyperdrive = require('hyperdrive')
const Localdrive = require('localdrive')
const { args, say, node } = require('./cli-lib.cjs')

main()

async function main () {
  const store = new Corestore(args.store)
  const drive = new Hyperdrive(store)
  await drive.ready()
  const mirror = new Localdrive(args.dir).mirror(drive, args.dedup ? { dedup: true, batch: true } : {})
  await mirror.done()
  const maps = []
  for await (const entry of drive.list('/')) if (entry.value.blob && entry.value.blob.blockMap) maps.push(entry.key)
  const swarm = new Hyperswarm({ dht: node() })
  swarm.on('connection', (connection) => store.replicate(connection))
  await swarm.join(drive.discoveryKey, { server: true, client: false }).flushed()
  say('seeding', { key: drive.key.toString('hex'), version: drive.version, maps })
}
