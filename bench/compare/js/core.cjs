// Appends to and reads from one hypercore on disk: core.cjs append|get --dir=D --n=N --size=S --batch=B
const { mode, options, say, seconds, reference } = require('./lib.cjs')
const Corestore = reference('corestore')

async function main () {
  const store = new Corestore(options.dir)
  const core = store.get({ name: 'bench' })
  await core.ready()
  const block = Buffer.alloc(options.size, 7)
  const work = mode === 'append' ? () => append(core, block) : () => get(core)
  if (mode === 'get') for (let i = 0; i < options.n; i += 1000) await core.append(new Array(1000).fill(block))
  const taken = await seconds(work)
  say({ blocks_s: options.n / taken })
  await store.close()
}

async function append (core, block) {
  const batch = options.batch ?? 1
  for (let i = 0; i < options.n; i += batch) await core.append(batch === 1 ? block : new Array(batch).fill(block))
}

async function get (core) {
  for (let i = 0; i < options.n; i++) await core.get(i)
}

main()
