// One core from a seeding process to a downloading one, over a secret stream on UDX:
// replicate.cjs server|client --dir=D --n=N --size=S --local=P --remote=P [--key=HEX]
const { mode, options, say, udxStream, reference } = require('./lib.cjs')
const Corestore = reference('corestore')
const SecretStream = reference('@hyperswarm/secret-stream')

async function main () {
  const server = mode === 'server'
  const store = new Corestore(options.dir)
  const core = server ? store.get({ name: 'bench' }) : store.get({ key: Buffer.from(options.key, 'hex') })
  await core.ready()
  if (server) await fill(core)
  const { stream } = await udxStream({ ...options, server })
  stream.on('error', () => {})
  const secret = new SecretStream(!server, stream)
  secret.on('error', () => {})
  store.replicate(secret)
  if (server) {
    say({ ready: true, key: core.key.toString('hex') })
    secret.on('close', () => process.exit(0))
    return
  }
  await download(core)
  await store.close()
  process.exit(0)
}

async function fill (core) {
  const per = Math.max(1, Math.min(1000, Math.floor(4e6 / options.size)))
  for (let i = 0; i < options.n; i += per) await core.append(new Array(Math.min(per, options.n - i)).fill(Buffer.alloc(options.size, 7)))
}

async function download (core) {
  const began = process.hrtime.bigint()
  await core.update({ wait: true })
  const range = core.download({ start: 0, end: options.n })
  await range.done()
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  say({ blocks_s: options.n / seconds, mb_s: options.n * options.size / 1e6 / seconds })
}

main()
