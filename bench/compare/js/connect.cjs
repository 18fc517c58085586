// Connections by public key over a DHT of this machine: connect.cjs network|server|client --bootstrap=host:port --key=HEX --n=N --parallel=P
const { mode, options, say, reference, percentile, cpu } = require('./lib.cjs')
const DHT = reference('hyperdht')

const node = () => new DHT({ bootstrap: [options.bootstrap], host: '127.0.0.1' })

const modes = {
  async network () {
    const network = await reference('hyperdht/testnet')(options.nodes)
    say({ ready: true, bootstrap: network.bootstrap.map(({ host, port }) => `${host}:${port}`)[0] })
  },

  async server () {
    const server = node().createServer((connection) => {
      connection.on('error', () => {})
      connection.on('data', (data) => connection.write(data))
      connection.on('end', () => connection.end())
    })
    await server.listen()
    say({ ready: true, key: server.publicKey.toString('hex') })
  },

  async client () {
    const dht = node()
    await dht.fullyBootstrapped()
    const key = Buffer.from(options.key, 'hex')
    const opens = []
    await connect(dht, key)
    const before = cpu()
    const began = performance.now()
    let left = options.n
    await Promise.all(Array.from({ length: options.parallel }, async () => {
      while (left-- > 0) opens.push(await connect(dht, key))
    }))
    const seconds = (performance.now() - began) / 1000
    say({ conns_s: options.n / seconds, p50_ms: percentile(opens, 0.5), p99_ms: percentile(opens, 0.99), cpu_ms: (cpu() - before) * 1000 / options.n })
    process.exit(0)
  }
}

// Milliseconds to open; then one byte there and back.
async function connect (dht, key) {
  const began = performance.now()
  const connection = dht.connect(key)
  connection.on('error', () => {})
  await connection.opened
  const open = performance.now() - began
  connection.write(Buffer.from('x'))
  await new Promise((resolve) => connection.once('data', resolve))
  connection.end()
  connection.destroy()
  return open
}

modes[mode]()
