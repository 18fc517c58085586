// Appends to, reads from and opens one hypercore on disk: core.cjs append|get|open --dir=D --n=N --size=S --batch=B --parallel=P
const { mode, options, say, seconds, reference } = require('./lib.cjs')
const Corestore = reference('corestore')

const parallel = options.parallel ?? 1

async function main () {
  if (mode === 'open') return open()
  const store = new Corestore(options.dir)
  const core = store.get({ name: 'bench' })
  await core.ready()
  const block = Buffer.alloc(options.size, 7)
  if (mode === 'get') for (let i = 0; i < options.n; i += 1000) await core.append(new Array(1000).fill(block))
  const work = mode === 'get' ? get : parallel > 1 ? appendShare : append
  const taken = await seconds(() => Promise.all(Array.from({ length: mode === 'append' && parallel === 1 ? 1 : parallel }, (_, i) => work(core, block, i))))
  // Said when all is closed: another process may open it then.
  await store.close()
  say({ blocks_s: options.n / taken, mb_s: options.n * options.size / taken / 1e6 })
}

// Again and again in one process: the last of them.
async function open () {
  let taken
  for (let i = options.times ?? 1; i > 0; i--) {
    let store
    taken = await seconds(async () => {
      store = new Corestore(options.dir)
      await store.get({ name: 'bench' }).get(options.n / 2)
    })
    await store.close()
  }
  say({ open_ms: taken * 1000, opens_s: 1 / taken })
}

async function append (core, block) {
  const batch = options.batch ?? 1
  for (let i = 0; i < options.n; i += batch) await core.append(batch === 1 ? block : new Array(batch).fill(block))
}

async function appendShare (core, block) {
  for (let i = 0; i < options.n / parallel; i++) await core.append(block)
}

async function get (core, _, first) {
  for (let i = first; i < options.n; i += parallel) await core.get(i)
}

main()
