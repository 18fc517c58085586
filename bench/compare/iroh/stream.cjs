// Bytes over one iroh stream of this machine: stream.cjs server|client --key=JSON --bytes=N
const { mode, options, say, cpu } = require('../js/lib.cjs')
const { Iroh } = require('iroh-streams')

const protocol = Buffer.from('nashi-bench/0')
const settings = { ipv4Addr: '127.0.0.1:0', nodeDiscovery: 'None' }
const chunk = 65536

async function receive (connection) {
  const stream = await connection.acceptUni()
  const buffer = Buffer.alloc(chunk)
  let [got, first, before] = [0, 0, 0]
  for (;;) {
    const count = await stream.read(buffer)
    if (count === null) break
    if (got === 0) [first, before] = [performance.now(), cpu()]
    got += Number(count)
  }
  say({ mb_s: got / 1e3 / (performance.now() - first), cpu_s: cpu() - before })
}

const modes = {
  async server () {
    const accept = async (error, connection) => { if (!error) await receive(connection) }
    const node = await Iroh.memory({ ...settings, protocols: { [protocol]: () => ({ accept, shutdown () {} }) } })
    say({ ready: true, key: Buffer.from(JSON.stringify(await node.net.nodeAddr())).toString('hex') })
  },

  async client () {
    const node = await Iroh.memory({ ...settings, protocols: { [protocol]: () => ({ accept () {}, shutdown () {} }) } })
    const connection = await node.node.endpoint().connect(JSON.parse(Buffer.from(options.key, 'hex')), protocol)
    const stream = await connection.openUni()
    const before = cpu()
    const bytes = Buffer.alloc(chunk, 7)
    for (let left = options.bytes; left > 0; left -= chunk) await stream.writeAll(bytes)
    await stream.finish()
    say({ cpu_s: cpu() - before })
    await new Promise(() => setInterval(() => {}, 1000))
  }
}

modes[mode]()
