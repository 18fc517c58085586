// A JavaScript peer of one core: --seed makes one with --blocks blocks and serves it; --clone downloads one and prints its blocks' hash.
const crypto = require('crypto')
const Hyperswarm = require('hyperswarm')
const Corestore = require('corestore')
const { args, say, node } = require('./cli-lib.cjs')

main()

async function main () {
  const store = new Corestore(args.store)
  const core = args.clone ? store.get(Buffer.from(args.clone, 'hex')) : store.get({ name: 'blocks' })
  await core.ready()
  if (!args.clone) for (let i = 0; i < Number(args.blocks); i++) await core.append('block ' + i)
  const swarm = new Hyperswarm({ dht: node() })
  swarm.on('connection', (connection) => store.replicate(connection))
  await swarm.join(core.discoveryKey, { server: !args.clone, client: !!args.clone }).flushed()
  if (!args.clone) return say('seeding', { key: core.key.toString('hex'), length: core.length })

  const done = core.findingPeers()
  swarm.flush().then(done, done)
  await core.update({ wait: true })
  const hash = crypto.createHash('sha256')
  for (let i = 0; i < core.length; i++) hash.update(await core.get(i))
  say('cloned', { length: core.length, hash: hash.digest('hex') })
  await swarm.destroy()
  await store.close()
  process.exit(0)
}
