// Connections between two iroh endpoints of this machine: connect.cjs server|client --key=TICKET --n=N --parallel=P. The client is given the address.
const { mode, options, say, percentile, cpu } = require('../js/lib.cjs')
const { Endpoint, EndpointAddr, EndpointId, RelayMode, presetMinimal } = require('@number0/iroh')

const protocol = [...Buffer.from('nashi-bench/0')]

function bind () {
  const builder = Endpoint.builder()
  presetMinimal(builder)
  builder.alpns([protocol])
  builder.relayMode(RelayMode.disabled())
  builder.bindAddr('127.0.0.1:0')
  return builder.bind()
}

async function echo (incoming) {
  const connection = await (await incoming.accept()).connect()
  const stream = await connection.acceptBi()
  await stream.send.writeAll(await stream.recv.read(16))
  await connection.closed()
}

const modes = {
  async server () {
    const endpoint = await bind()
    const addresses = endpoint.boundSockets().filter((address) => address.startsWith('127.'))
    say({ ready: true, key: `${endpoint.id()}@${addresses.join('@')}` })
    for (;;) {
      const incoming = await endpoint.acceptNext()
      if (!incoming) return
      echo(incoming).catch(() => {})
    }
  },

  async client () {
    const endpoint = await bind()
    const [id, ...addresses] = options.key.split('@')
    const connect = async () => {
      const began = performance.now()
      const connection = await endpoint.connect(new EndpointAddr(EndpointId.fromString(id), null, addresses), protocol)
      const open = performance.now() - began
      const stream = await connection.openBi()
      await stream.send.writeAll([1])
      await stream.recv.read(16)
      connection.close(0n, [])
      return open
    }
    await connect()
    const opens = []
    const before = cpu()
    const began = performance.now()
    let left = options.n
    await Promise.all(Array.from({ length: options.parallel }, async () => {
      while (left-- > 0) opens.push(await connect())
    }))
    const seconds = (performance.now() - began) / 1000
    say({ conns_s: options.n / seconds, p50_ms: percentile(opens, 0.5), p99_ms: percentile(opens, 0.99), cpu_ms: (cpu() - before) * 1000 / options.n })
    process.exit(0)
  }
}

modes[mode]()
