// A DHT of many nodes in this process, used by one more: dht.cjs network --nodes=N --lookups=N --parallel=P
const { options, say, reference, cpu } = require('./lib.cjs')
const { randomBytes } = require('node:crypto')
const DHT = reference('hyperdht')

require('node:v8').setFlagsFromString('--expose-gc')
const collect = require('node:vm').runInNewContext('gc')

async function main () {
  collect()
  const [memory, before, began] = [process.memoryUsage.rss(), cpu(), performance.now()]
  const network = await reference('hyperdht/testnet')(options.nodes)
  const boot = (performance.now() - began) / 1000
  const bootCpu = cpu() - before
  collect()
  const grown = process.memoryUsage.rss() - memory

  const node = network.createNode()
  await node.fullyBootstrapped()
  const keys = DHT.keyPair()
  const topics = Array.from({ length: options.lookups }, () => randomBytes(32))
  await inParallel(topics.slice(0, 20), (topic) => node.announce(topic, keys).finished())
  let found = 0
  const look = async (topic) => { for await (const reply of node.lookup(topic)) found += reply.peers?.length > 0 }
  const [lookCpu, lookBegan] = [cpu(), performance.now()]
  await inParallel(topics, look)
  const seconds = (performance.now() - lookBegan) / 1000
  if (found < 20) throw new Error('Announcements were not found.')
  say({
    boot_s: boot,
    boot_cpu_s: bootCpu,
    lookups_s: topics.length / seconds,
    lookup_cpu_ms: (cpu() - lookCpu) * 1000 / topics.length,
    node_kib: grown / 1024 / options.nodes
  })
  process.exit(0)
}

async function inParallel (items, work) {
  let next = 0
  await Promise.all(Array.from({ length: options.parallel }, async () => {
    while (next < items.length) await work(items[next++])
  }))
}

main()
