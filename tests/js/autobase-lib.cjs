'use strict'
// A base of the reference whose application writes texts: what a value means is the same in the C# tests (TextBase).
// "add <key>" and "index <key>" add a writer, "remove <key>" removes one, "ack <key>" acknowledges one, "set <key>=<value>" sets a key of a tree, "del <key>" removes it,
// anything else is appended to a log.
const load = require('module').createRequire(process.cwd() + '/')
const Autobase = load('autobase')
const Hyperbee = load('hyperbee')

const hex = (bytes) => bytes ? Buffer.from(bytes).toString('hex') : null
const key = (text) => Buffer.from(text, 'hex')

function open (store) {
  const log = store.get('log')
  const bee = new Hyperbee(store.get('bee'), { extension: false, keyEncoding: 'binary', valueEncoding: 'binary' })
  return { log, bee }
}

async function apply (nodes, view, host) {
  for (const { value } of nodes) {
    const [word, rest] = split(value.toString())
    if (word === 'add') await host.addWriter(key(rest), { indexer: false })
    else if (word === 'index') await host.addWriter(key(rest), { indexer: true })
    else if (word === 'remove') { if (host.removeable(key(rest))) await host.removeWriter(key(rest)) }
    else if (word === 'ack') await host.ackWriter(key(rest))
    else if (word === 'set') await view.bee.put(Buffer.from(rest.split('=')[0]), Buffer.from(rest.split('=')[1]))
    else if (word === 'del') await view.bee.del(Buffer.from(rest))
    else await view.log.append(value)
  }
}

function split (text) {
  const at = text.indexOf(' ')
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)]
}

const create = (store, bootstrap, options = {}) => new Autobase(store, bootstrap, {
  open,
  apply,
  close: (view) => view.bee.close(),
  valueEncoding: 'binary',
  ackInterval: 0,
  ...options
})

async function blocks (core, options) {
  const all = []
  for (let i = 0; i < core.length; i++) all.push(hex(await core.get(i, { wait: false, valueEncoding: 'binary', ...options })))
  return all
}

// A view as it is now: its unsigned end too.
async function brief (core) {
  return { key: hex(core.key), length: core.length, signedLength: core.signedLength, treeHash: hex(await core.treeHash()) }
}

async function view (core) {
  const raw = core.session()
  await raw.ready()
  const state = { ...await brief(core), blocks: await blocks(raw) }
  await raw.close()
  return state
}

async function state (base) {
  const local = base.local.session({ valueEncoding: 'binary' })
  await local.ready()
  const result = {
    key: hex(base.key),
    local: { key: hex(base.local.key), length: base.local.length, treeHash: hex(await base.local.treeHash()), blocks: await blocks(local, { raw: true }) },
    system: await view(base.system.core),
    log: await view(base.view.log),
    bee: await view(base.view.bee.core),
    indexedLength: base.indexedLength
  }
  await local.close()
  return result
}

module.exports = { create, apply, state, brief, hex }
