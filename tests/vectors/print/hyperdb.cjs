// Prints transactions and the blocks of the tree that the reference made of them: the first half by an old program, the rest by a newer one.
const load = require('module').createRequire(process.cwd() + '/')
const fs = require('fs')
const os = require('os')
const path = require('path')
const Corestore = load('corestore')
const HyperDB = load('hyperdb')
const { load: make } = load('./typed-spec.cjs')
const operations = load('./typed-operations.cjs')
const { run, show } = load('./typed-lib.cjs')

async function blocks (core) {
  const all = []
  for (let i = 0; i < core.length; i++) all.push((await core.get(i)).toString('hex'))
  return all
}

async function main () {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'nashi-vectors-'))
  const store = new Corestore(dir)
  const core = store.get({ name: 'db' })
  await core.ready()
  const out = { generations: [] }
  for (const generation of [1, 2]) {
    const db = HyperDB.bee(core.session(), make(generation).db, { extension: false })
    await db.ready()
    const transactions = operations(40 + generation, 30, generation)
    for (const ops of transactions) await run(db, ops)
    const found = {}
    for (const name of ['members', 'by-name', 'by-score', 'by-joined', 'by-tag', 'counters', 'settings', 'cities', 'big-cities', 'papers', 'by-text', ...(generation > 1 ? ['by-age'] : [])]) {
      found[name] = (await db.find('@demo/' + name).toArray()).map(show)
    }
    out.generations.push({ transactions, blocks: await blocks(core), found })
    await db.close()
  }
  console.log(JSON.stringify(out))
  await store.close()
  fs.rmSync(dir, { recursive: true, force: true })
}

main()
