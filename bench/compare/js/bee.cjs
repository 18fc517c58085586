// Writes to and reads from one hyperbee on disk: bee.cjs put|batch|get|iterate --dir=D --n=ENTRIES --gets=G
const { mode, options, say, seconds, reference } = require('./lib.cjs')
const Corestore = reference('corestore')
const Hyperbee = reference('hyperbee')

async function main () {
  const store = new Corestore(options.dir)
  const bee = new Hyperbee(store.get({ name: 'bench' }), { keyEncoding: 'utf-8', valueEncoding: 'utf-8' })
  await bee.ready()
  const count = mode === 'get' ? options.gets : options.n
  const taken = await seconds(() => ({ put, batch, get, iterate })[mode](bee))
  await store.close()
  say({ entries_s: count / taken })
}

// Scattered, and each once.
const key = (i) => 'user/' + String((i * 7919) % options.n).padStart(10, '0')
const value = 'v'.repeat(64)

async function put (bee) {
  for (let i = 0; i < options.n; i++) await bee.put(key(i), value)
}

async function batch (bee) {
  for (let i = 0; i < options.n; i += 1000) {
    const batch = bee.batch()
    for (let j = i; j < i + 1000; j++) await batch.put(key(j), value)
    await batch.flush()
  }
}

async function get (bee) {
  for (let i = 0; i < options.gets; i++) if (!await bee.get(key(i * 13))) throw new Error('missing')
}

async function iterate (bee) {
  let count = 0
  for await (const _ of bee.createReadStream()) count++
  if (count !== options.n) throw new Error('missing')
}

main()
