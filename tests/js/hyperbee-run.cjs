// Runs operations on a Hyperbee in a fresh store: one JSON line {"id", "alwaysDuplicate", "ops"} in, the core's blocks out.
// An op is ["put", key, value|null, cas?], ["del", key, cas?], ["batch", [ops]] or ["header"]; keys and values are hex; cas false calls the write off.
const require_ = require('module').createRequire(process.cwd() + '/')
const fs = require('fs')
const os = require('os')
const path = require('path')
const Corestore = require_('corestore')
const Hyperbee = require_('hyperbee')

const say = (line) => console.log(JSON.stringify(line))
const hex = (bytes) => bytes === null ? null : bytes.toString('hex')
const bytes = (text) => text === null ? null : Buffer.from(text, 'hex')
const cas = (flag) => flag === undefined ? undefined : { cas: () => flag }

async function apply (bee, ops) {
  for (const [op, key, ...rest] of ops) {
    if (op === 'put') await bee.put(bytes(key), bytes(rest[0]), cas(rest[1]))
    else if (op === 'del') await bee.del(bytes(key), cas(rest[0]))
    else {
      const batch = bee.batch()
      await apply(batch, key)
      await batch.flush()
    }
  }
}

async function main () {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'nashi-bee-'))
  const store = new Corestore(dir)
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    const { id, alwaysDuplicate, ops } = JSON.parse(line)
    const core = store.get({ name: 'run-' + id })
    const bee = new Hyperbee(core, { alwaysDuplicate, extension: false })
    await bee.ready()
    const versions = [1]
    for (const op of ops) {
      await apply(bee, [op])
      versions.push(Math.max(1, core.length))
    }
    const blocks = []
    for (let i = 0; i < core.length; i++) blocks.push(hex(await core.get(i)))
    const history = []
    for await (const change of bee.createHistoryStream()) history.push([change.type, change.seq, hex(change.key), hex(change.value)])
    const half = versions[versions.length >> 1] // blocks inside a batch have no root
    const diff = []
    for await (const { left, right } of bee.createDiffStream(half)) diff.push([left && left.seq, right && right.seq])
    const range = []
    for await (const entry of bee.createReadStream()) range.push(entry.seq)
    say({ event: 'ran', id, blocks, history, half, diff, range })
  }
  await store.close()
  fs.rmSync(dir, { recursive: true, force: true })
}

main()
