// Opens a core of a folder with the reference, works on its named sessions, and prints what it then sees: hypercore-branches.cjs <folder> <json>
// { key, seed, steps: [["append", name|null, text, count], ["truncate", name, length], ["open", name, overwrite, checkout], ["commit", name], ["atom", name, text, count]], names }
const load = require('module').createRequire(process.cwd() + '/')
const Hypercore = load('hypercore')
const crypto = load('hypercore-crypto')

const say = (event, fields) => console.log(JSON.stringify({ event, ...fields }))
const bytes = (h) => h === undefined || h === null ? undefined : Buffer.from(h, 'hex')

async function main () {
  const [folder, json] = process.argv.slice(2)
  const spec = JSON.parse(json)
  const core = new Hypercore(folder, bytes(spec.key), { keyPair: spec.seed ? crypto.keyPair(bytes(spec.seed)) : undefined })
  await core.ready()
  const sessions = new Map([[null, core]])
  const open = async (name, opts = {}) => {
    if (!sessions.has(name)) sessions.set(name, core.session({ name, ...opts }))
    await sessions.get(name).ready()
    return sessions.get(name)
  }
  const fill = async (session, text, count) => {
    for (let i = 0; i < count; i++) await session.append(Buffer.from(text + session.length))
  }
  const steps = {
    append: async (name, text, count) => fill(await open(name), text, count),
    truncate: async (name, length) => (await open(name)).truncate(length),
    open: (name, overwrite, checkout) => open(name, { overwrite, checkout }),
    commit: async (name) => core.commit(await open(name)),
    atom: async (name, text, count) => {
      const atom = core.state.storage.createAtom()
      const session = (await open(name)).session({ atom })
      await session.ready()
      await fill(session, text, count)
      await atom.flush()
      await session.close()
    }
  }
  for (const [step, ...args] of spec.steps) await steps[step](...args)
  for (const name of [null, ...spec.names]) {
    const session = await open(name)
    const blocks = []
    for (let i = 0; i < session.length; i++) blocks.push((await session.get(i)).toString())
    say('session', { name, length: session.length, fork: session.fork, signedLength: session.signedLength, treeHash: (await session.treeHash()).toString('hex'), blocks })
  }
  const batch = core.state.createTreeBatch()
  const signed = core.length === 0 || core.core.verifier.verify(batch, core.state.signature)
  for (const session of [...sessions.values()].reverse()) await session.close()
  say('closed', { signed })
}

main().catch((err) => {
  console.error(err)
  process.exit(1)
})
