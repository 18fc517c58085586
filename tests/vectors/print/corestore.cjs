// What a store derives from its primary key, as the reference does it.
const require_ = require('module').createRequire(process.cwd() + '/')
const Corestore = require_('corestore')
const fs = require('fs')
const os = require('os')
const path = require('path')
const hex = (b) => Buffer.from(b).toString('hex')

async function main() {
  const out = []
  for (const seed of [1, 200]) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vectors-'))
    const primaryKey = Buffer.alloc(32, seed)
    const store = new Corestore(folder, { primaryKey, unsafe: true })
    await store.ready()
    for (const space of [[], ['app'], ['app', '梨'], ['']]) {
      let at = store
      for (const name of space) at = at.namespace(name)
      for (const name of ['a', 'log 梨', 'x\0y']) {
        const keyPair = await at.createKeyPair(name)
        const core = at.get({ name })
        await core.ready()
        out.push({ primaryKey: hex(primaryKey), namespaces: space, namespace: hex(at.ns), name, publicKey: hex(keyPair.publicKey), secretKey: hex(keyPair.secretKey), key: hex(core.key), discoveryKey: hex(core.discoveryKey) })
      }
    }
    await store.close()
    fs.rmSync(folder, { recursive: true })
  }
  console.log(JSON.stringify(out, null, 1))
}

main()
