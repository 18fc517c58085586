// Appends to an autobase on disk, or lets a reader of it catch up in the same process: base.cjs append|catchup|forward --dir=D --n=N --size=S --batch=B
const path = require('path')
const { mode, options, say, seconds, reference } = require('./lib.cjs')
const Corestore = reference('corestore')
const Autobase = reference('autobase')

const open = (store) => store.get('log')
const apply = async (nodes, view) => { for (const node of nodes) await view.append(node.value) }
const create = (name, key, fastForward = false) => {
  const store = new Corestore(path.join(options.dir, name))
  return { store, base: new Autobase(store, key, { open, apply, valueEncoding: 'binary', ackInterval: 0, fastForward }) }
}

async function append (base) {
  const batch = options.batch ?? 1
  const value = Buffer.alloc(options.size, 7)
  for (let i = 0; i < options.n; i += batch) await base.append(batch === 1 ? value : new Array(batch).fill(value))
}

async function catchUp (writer, reader) {
  const stream = writer.base.replicate(true)
  stream.pipe(reader.base.replicate(false)).pipe(stream)
  while (reader.base.view.length < options.n) await new Promise((resolve) => reader.base.once('update', resolve))
  stream.destroy()
}

async function main () {
  const writer = create('writer', null)
  await writer.base.ready()
  if (mode === 'append') return done(writer, await seconds(() => append(writer.base)))
  await append(writer.base)
  const reader = create('reader', writer.base.key, mode === 'forward')
  await reader.base.ready()
  return done(writer, await seconds(() => catchUp(writer, reader)))
}

function done (writer, taken) {
  say({ values_s: options.n / taken, seconds: taken })
  process.exit(0)
}

main()
