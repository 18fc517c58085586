// A DHT of JavaScript nodes on 127.0.0.1. With --bootstrap its nodes join that network instead of starting one.
const DHT = require('hyperdht')
const { args, say } = require('./cli-lib.cjs')

main()

async function main () {
  const nodes = []
  let bootstrap = args.bootstrap
  if (!bootstrap) {
    const first = new DHT({ bootstrap: [], ephemeral: false, firewalled: false, host: '127.0.0.1', port: 0 })
    await first.fullyBootstrapped()
    nodes.push(first)
    bootstrap = '127.0.0.1:' + first.address().port
  }

  for (let i = 0; i < Number(args.nodes ?? 4); i++) {
    const node = new DHT({ bootstrap: [bootstrap], ephemeral: false, firewalled: false, host: '127.0.0.1', port: 0 })
    await node.fullyBootstrapped()
    nodes.push(node)
  }

  say('ready', { bootstrap })
}
