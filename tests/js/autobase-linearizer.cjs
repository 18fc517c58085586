// Orders graphs with the reference's own linearizer: one JSON line {"id", "keys", "indexers", "start", "heads", "steps"} in, one line per graph out.
// A step is [writer, batch, value, optimistic, [[writer, length]...], update]. Where update is 1, what the linearizer says then is printed as text.
const load = require('module').createRequire(process.cwd() + '/')
const Linearizer = load('autobase/lib/linearizer.js')
const Writer = load('autobase/lib/writer.js')

const text = (names, node) => names.get(node.writer) + ':' + node.length

async function run ({ keys, indexers, start, heads, steps }) {
  const byKey = new Map()
  const base = { _getWriterByKey: async (key) => byKey.get(key.toString('hex')) || null }
  const writers = keys.map((hex, i) => {
    const key = Buffer.from(hex, 'hex')
    const writer = new Writer(base, { key, length: 0, opened: false, id: hex }, start[i], false)
    byKey.set(hex, writer)
    return writer
  })
  const names = new Map(writers.map((writer, i) => [writer, i]))
  for (const i of indexers) writers[i].isActiveIndexer = true
  const head = ([i, length]) => ({ key: writers[i].core.key, length })
  const linearizer = base.linearizer = new Linearizer(indexers.map((i) => writers[i]), { heads: heads.map(head) })

  const out = []
  for (const [i, batch, value, optimistic, links, update] of steps) {
    const writer = writers[i]
    writer.node = Linearizer.createNode(writer, writer.nodes.length + 1, value ? Buffer.from('v') : null, links.map(head), batch, new Set(), !!optimistic, null)
    if (!(await writer._ensureNodeDependencies(false))) throw new Error('A step came before what it follows')
    writer.nodes.push(writer.node)
    if (writer.node.batch === 1) writer.available = writer.nodes.length
    writer.node = null
    for (let node = writer.advance(); node !== null; node = writer.advance()) linearizer.addHead(node)
    if (update) out.push(report(linearizer, names, writers))
  }
  return out
}

function report (linearizer, names, writers) {
  const u = linearizer.update()
  if (u === null) return 'same'
  const line = [
    u.shared, u.undo,
    u.indexed.map((node) => text(names, node)).join(' '),
    u.tip.map((node) => text(names, node)).join(' ')
  ]
  for (const node of u.indexed) if (node.batch <= 1) node.writer.shift()
  line.push(linearizer.getHeads().map((head) => writers.findIndex((writer) => writer.core.key.equals(head.key)) + ':' + head.length).join(' '))
  line.push(linearizer.indexers.map((writer) => (linearizer.shouldAck(writer, false) ? 1 : 0) + (linearizer.shouldAck(writer, true) ? 2 : 0)).join(''))
  return line.join('/')
}

async function main () {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    const graph = JSON.parse(line)
    console.log(JSON.stringify({ event: 'ran', id: graph.id, lines: await run(graph) }))
  }
}

main()
