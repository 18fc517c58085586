// Bytes over a raw UDX stream, or over a secret stream on it: stream.cjs server|client --kind=udx|secret --local=P --remote=P --bytes=N
const { mode, options, say, udxStream, reference, cpu } = require('./lib.cjs')

async function main () {
  const server = mode === 'server'
  const { stream } = await udxStream({ ...options, server })
  stream.on('error', () => {})
  const SecretStream = reference('@hyperswarm/secret-stream')
  const top = options.kind === 'secret' ? new SecretStream(!server, stream) : stream
  top.on('error', () => {})
  if (server) receive(top)
  else send(top)
}

function receive (top) {
  let first = 0n
  let got = 0
  const before = cpu()
  top.on('data', (data) => {
    if (got === 0) first = process.hrtime.bigint()
    got += data.length
    if (got < options.bytes) return
    const seconds = Number(process.hrtime.bigint() - first) / 1e9
    say({ mb_s: got / 1e6 / seconds, cpu_s: cpu() - before })
    top.end()
    setTimeout(() => process.exit(0), 200)
  })
  say({ ready: true })
}

function send (top) {
  const chunk = Buffer.alloc(65536, 7)
  let left = options.bytes
  const before = cpu()
  const more = () => {
    while (left > 0) {
      const size = Math.min(left, chunk.length)
      left -= size
      if (!top.write(chunk.subarray(0, size))) return top.once('drain', more)
    }
  }
  more()
  top.on('end', () => {
    say({ cpu_s: cpu() - before })
    process.exit(0)
  })
}

main()
