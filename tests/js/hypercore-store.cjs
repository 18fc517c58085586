// Opens a core of a folder with the reference, does what it is told, and prints what it then sees: hypercore-store.cjs <folder> <json>
// { key, seed, compat, manifest, encryptionKey, steps: [[name, ...]], flush, compact }
const load = require('module').createRequire(process.cwd() + '/')
const Hypercore = load('hypercore')
const crypto = load('hypercore-crypto')

const say = (event, fields) => console.log(JSON.stringify({ event, ...fields }))
const hex = (b) => b === null || b === undefined ? null : Buffer.from(b).toString('hex')
const bytes = (h) => h === undefined || h === null ? undefined : Buffer.from(h, 'hex')

const steps = {
  append: (core, ...blocks) => core.append(blocks.map(bytes)),
  many: async (core, from, to) => {
    for (let i = from; i < to; i++) await core.append(Buffer.from('block ' + i))
  },
  truncate: (core, length) => core.truncate(length),
  clear: (core, start, end) => core.clear(start, end),
  userData: (core, name, value) => core.setUserData(name, bytes(value))
}

function manifestOf (spec, keyPair) {
  if (!spec) return undefined
  return { version: spec.version, quorum: spec.quorum, allowPatch: spec.allowPatch, linked: spec.linked && spec.linked.map(bytes), userData: bytes(spec.userData), signers: [{ signature: 'ed25519', namespace: bytes(spec.namespace), publicKey: keyPair.publicKey }] }
}

async function main () {
  const [folder, json] = process.argv.slice(2)
  const spec = JSON.parse(json)
  const keyPair = spec.seed ? crypto.keyPair(bytes(spec.seed)) : undefined
  const core = new Hypercore(folder, bytes(spec.key), {
    keyPair,
    compat: spec.compat ?? false,
    manifest: manifestOf(spec.manifest, keyPair),
    encryption: spec.encryptionKey ? { key: bytes(spec.encryptionKey) } : undefined
  })
  await core.ready()
  for (const [name, ...args] of spec.steps ?? []) await steps[name](core, ...args)
  const blocks = []
  for (let i = 0; i < core.length; i++) blocks.push(await core.has(i) ? hex(await core.get(i)) : null)
  const batch = core.state.createTreeBatch()
  const signed = core.length === 0 || core.core.verifier.verify(batch, core.state.signature)
  say('state', {
    key: hex(core.key),
    writable: core.writable,
    length: core.length,
    byteLength: core.byteLength,
    fork: core.fork,
    contiguousLength: core.contiguousLength,
    treeHash: hex(await core.treeHash()),
    signature: hex(core.state.signature),
    signed,
    userData: hex(await core.getUserData('name')),
    blocks
  })
  if (spec.flush) await core.core.storage.store.rocks.flush()
  if (spec.compact) await core.core.storage.store.rocks.compactRange()
  await core.close()
  say('closed', {})
}

main().catch((err) => {
  console.error(err)
  process.exit(1)
})
