// Runs writes on Hyperbee2 trees that share one fresh store: one JSON line {"t", "steps"} in, every tree's blocks and what it reads out.
// A step is {"bee", "from"?: bee, "type"?, "inline"?, "block"?, "ops": [[key, value|null] …]}; keys and values are hex, null deletes, bee is a number.
const require_ = require('module').createRequire(process.cwd() + '/')
const fs = require('fs')
const os = require('os')
const path = require('path')
const Corestore = require_('corestore')
const Hyperbee = require_('hyperbee2')

const say = (line) => console.log(JSON.stringify(line))
const hex = (bytes) => bytes ? Buffer.from(bytes).toString('hex') : null

async function all (stream, map) {
  const found = []
  for await (const data of stream) found.push(map(data))
  return found
}

async function main () {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'nashi-bee2-'))
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    const { t, bees, steps } = JSON.parse(line)
    const store = new Corestore(dir, { primaryKey: Buffer.alloc(32, 9), unsafe: true })
    const trees = []
    for (let i = 0; i < bees; i++) {
      const bee = new Hyperbee(store.namespace('bee-' + i), { t })
      await bee.ready()
      trees.push(bee)
    }
    const heads = []
    for (const step of steps) {
      const bee = trees[step.bee]
      const opts = {}
      if (step.from !== undefined && trees[step.from].core.length) Object.assign(opts, { key: trees[step.from].core.key, length: trees[step.from].core.length })
      if (step.type !== undefined) opts.type = step.type
      if (step.inline !== undefined) opts.inlineValueSize = step.inline
      if (step.block !== undefined) opts.preferredBlockSize = step.block
      const batch = bee.write(opts)
      for (const [key, value] of step.ops) {
        if (value === null) batch.tryDelete(Buffer.from(key, 'hex'))
        else batch.tryPut(Buffer.from(key, 'hex'), Buffer.from(value, 'hex'))
      }
      await batch.flush()
      heads.push([step.bee, bee.core.length])
    }
    const out = []
    for (const bee of trees) {
      const blocks = []
      for (let i = 0; i < bee.core.length; i++) blocks.push(hex(await bee.core.get(i)))
      const entries = await all(bee.createReadStream(), (e) => [hex(e.key), hex(e.value), hex(e.core.key), e.seq, e.offset])
      const changes = await all(bee.createChangesStream(), (c) => [hex(c.head.key), c.head.length])
      const half = Math.max(1, ...heads.slice(0, heads.length >> 1).filter(([b]) => trees[b] === bee).map(([, length]) => length))
      const old = bee.core.length ? bee.checkout({ length: half }) : bee
      const diff = await all(bee.createDiffStream(old), (d) => [hex((d.left || d.right).key), d.left && d.left.seq, d.right && d.right.seq])
      out.push({ key: hex(bee.core.key), blocks, entries, changes, half, diff })
    }
    for (const bee of trees) await bee.close()
    await store.close()
    say({ event: 'ran', dir, bees: out })
  }
  fs.rmSync(dir, { recursive: true, force: true })
}

main()
