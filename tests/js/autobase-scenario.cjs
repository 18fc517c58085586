'use strict'
// Two writers of the reference in one process, whose nodes meet only where the scenario says so: the same every time it runs.
const load = require('module').createRequire(process.cwd() + '/')
const fs = require('fs')
const os = require('os')
const path = require('path')
const Corestore = load('corestore')
const { create, state, hex } = load('./autobase-lib.cjs')

const values = (list) => Array.isArray(list) ? list.map((text) => Buffer.from(text)) : Buffer.from(list)

async function alone (options) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'nashi-autobase-'))
  const store = new Corestore(dir, { primaryKey: Buffer.alloc(32, 1), unsafe: true })
  const base = create(store, null, options)
  await base.ready()
  const writer = Buffer.alloc(32, 9).toString('hex')
  const other = Buffer.alloc(32, 8).toString('hex')
  const steps = ['a', 'set k=1', ['b', 'set l=2', 'c'], 'add ' + writer, 'd', 'index ' + other, 'remove ' + writer, 'e', 'remove ' + writer, ['add ' + writer, 'index ' + writer, 'del k'], 'ack ' + other]
  for (let i = 0; i < 12; i++) steps.push('set key' + i + '=' + i)
  const states = []
  for (const step of steps) {
    await base.append(values(step))
    states.push({ step, state: await state(base) })
  }
  const result = {
    primaryKey: hex(store.primaryKey),
    encryptionKey: hex(base.encryptionKey),
    steps: states.map(({ step, state }, i) => ({ step, ...short(state, i === states.length - 1) }))
  }
  await base.close()
  await store.close()
  fs.rmSync(dir, { recursive: true })
  return result
}

// Only the last state in full; of the others what tells where a difference began.
function short (state, isLast) {
  if (isLast) return state
  const brief = ({ key, length, signedLength, treeHash }) => ({ key, length, signedLength, treeHash })
  return { ...state, local: { key: state.local.key, length: state.local.length, last: state.local.blocks.at(-1) }, system: brief(state.system), log: brief(state.log), bee: brief(state.bee) }
}

module.exports = { alone }
