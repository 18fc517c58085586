// Opens the tree of a store folder: prints what is in it, puts the keys named, prints how long its core is. Arguments: folder, namespace, other namespace or "-", key…
const require_ = require('module').createRequire(process.cwd() + '/')
const Corestore = require_('corestore')
const Hyperbee = require_('hyperbee2')

async function main () {
  const [folder, name, other, ...keys] = process.argv.slice(2)
  const store = new Corestore(folder)
  const bee = new Hyperbee(store.namespace(name), { t: 3 })
  await bee.ready()
  const opts = {}
  if (other !== '-') {
    const from = new Hyperbee(store.namespace(other), { t: 3 })
    await from.ready()
    Object.assign(opts, { key: from.core.key, length: from.core.length })
  }
  if (keys.length) {
    const batch = bee.write(opts)
    for (const key of keys) batch.tryPut(Buffer.from(key), Buffer.from((key + ' by js ').repeat(key.length > 3 ? 200 : 1)))
    await batch.flush()
  }
  const entries = []
  for await (const { key, value } of bee.createReadStream()) entries.push([key.toString(), value.toString().length])
  console.log(JSON.stringify({ event: 'done', length: bee.core.length, entries }))
  await bee.close()
  await store.close()
}

main()
