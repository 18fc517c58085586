// Prints blocks as the reference writes them: whole small trees of every block type, trees over several cores, and blocks made by hand for the corners.
const load = require('module').createRequire(process.cwd() + '/')
const fs = require('fs')
const os = require('os')
const path = require('path')
const Corestore = load('corestore')
const Hyperbee = load('hyperbee2')
const { encodeBlock, decodeBlock } = load('hyperbee2/lib/encoding.js')

const hex = (bytes) => (bytes ? Buffer.from(bytes).toString('hex') : null)
const bytes = (length, seed) => Buffer.alloc(length, (_ => { const b = Buffer.alloc(251); for (let i = 0; i < 251; i++) b[i] = (i * 7 + seed) & 255; return b })())
const key = (i) => Buffer.from('key-' + String(i).padStart(4, '0'))

function pointer (p) {
  return p ? [p.core, p.seq, p.offset] : null
}

function deltas (list) {
  return list.map((d) => ({ type: d.type, index: d.index, pointer: pointer(d.pointer) }))
}

function describe (buffer, seq) {
  const b = decodeBlock(buffer, seq)
  return {
    type: b.type,
    checkpoint: b.checkpoint,
    batch: [b.batch.start, b.batch.end],
    previous: b.previous ? [b.previous.core, b.previous.seq] : null,
    cores: b.metadata && b.metadata.cores
      ? b.metadata.cores.map((c) => ({ key: hex(c.key), fork: c.fork, length: c.length, treeHash: hex(c.treeHash) }))
      : null,
    tree: (b.tree || []).map((t) => ({ keys: deltas(t.keys), children: deltas(t.children) })),
    keys: (b.keys || []).map((k) => ({
      key: hex(k.key) || '',
      value: k.value ? hex(k.value) : null,
      pointer: k.valuePointer ? [k.valuePointer.core, k.valuePointer.seq, k.valuePointer.offset, k.valuePointer.split] : null
    })),
    values: (b.values || []).map((v) => hex(v) || ''),
    cohorts: (b.cohorts || []).map(deltas),
    t: b.t
  }
}

async function blocks (core, from = 0) {
  const all = []
  for (let seq = from; seq < core.length; seq++) {
    const buffer = await core.get(seq)
    all.push({ seq, hex: hex(buffer), block: describe(buffer, seq) })
  }
  return all
}

async function write (bee, opts, run) {
  const batch = bee.write(opts)
  run(batch)
  await batch.flush()
}

async function main () {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'nashi-vectors-'))
  const store = new Corestore(dir, { primaryKey: Buffer.alloc(32, 7), unsafe: true })
  await store.ready()

  const trees = {}
  async function tree (name, opts, run, from = 0) {
    const bee = new Hyperbee(store.namespace(name), opts)
    await bee.ready()
    await run(bee)
    trees[name] = await blocks(bee.core, from)
    return bee
  }

  await tree('puts', { t: 3 }, async (bee) => {
    for (let i = 0; i < 60; i++) await write(bee, {}, (b) => b.tryPut(key((i * 37) % 60), Buffer.from('value ' + i)))
  })
  await tree('default degree', {}, async (bee) => {
    for (let i = 0; i < 12; i++) await write(bee, {}, (b) => b.tryPut(key((i * 37) % 12), Buffer.from('value ' + i)))
    await write(bee, {}, (b) => { for (let i = 0; i < 12; i++) b.tryPut(key((i * 5) % 12), Buffer.from('again ' + i)) })
  })
  await tree('deletes', { t: 3 }, async (bee) => {
    await write(bee, {}, (b) => { for (let i = 0; i < 40; i++) b.tryPut(key(i), Buffer.from('v')) })
    for (let i = 0; i < 40; i++) await write(bee, {}, (b) => b.tryDelete(key((i * 23) % 40)))
    await write(bee, {}, (b) => b.tryPut(key(1), Buffer.from('after')))
  })
  await tree('batch', {}, async (bee) => {
    await write(bee, {}, (b) => { for (let i = 0; i < 600; i++) b.tryPut(key((i * 37) % 600), Buffer.from('v' + i)) })
    await write(bee, {}, (b) => {
      for (let i = 0; i < 20; i++) b.tryPut(key((i * 91) % 600), Buffer.from('w' + i))
      for (let i = 0; i < 20; i++) b.tryDelete(key((i * 53) % 600))
    })
  })
  await tree('long values', { t: 4 }, async (bee) => {
    await write(bee, {}, (b) => {
      for (let i = 0; i < 4; i++) b.tryPut(key(i), bytes(1023 + i, i))
      b.tryPut(key(9), Buffer.alloc(0))
    })
    await write(bee, { preferredBlockSize: 3000 }, (b) => { for (let i = 0; i < 6; i++) b.tryPut(key(2 * i), bytes(1100 + i, i)) })
    await write(bee, { inlineValueSize: 4 }, (b) => b.tryPut(key(5), Buffer.from('12345')))
  })
  await tree('empty', {}, async (bee) => { await write(bee, {}, () => {}) })
  await tree('cleared', { t: 3 }, async (bee) => {
    await write(bee, {}, (b) => b.tryPut(key(1), Buffer.from('a')))
    await write(bee, {}, (b) => { b.tryClear(); b.tryPut(key(2), Buffer.from('b')) })
  })
  await tree('type 0', { t: 128 }, async (bee) => {
    for (let i = 0; i < 20; i++) await write(bee, { type: 0 }, (b) => b.tryPut(key((i * 7) % 20), Buffer.from('value ' + i)))
    await write(bee, { type: 0 }, (b) => { for (let i = 0; i < 300; i++) b.tryPut(key((i * 37) % 300), Buffer.from('v' + i)) })
  })
  await tree('type 0, then 1', {}, async (bee) => {
    for (let i = 0; i < 4; i++) await write(bee, { type: 0 }, (b) => b.tryPut(key(i), Buffer.from('value ' + i)))
    for (let i = 2; i < 6; i++) await write(bee, {}, (b) => b.tryPut(key(i), Buffer.from('later ' + i)))
  })
  await tree('compat', {}, async (bee) => {
    for (let i = 0; i < 40; i++) await write(bee, { compat: true }, (b) => b.tryPut(key((i * 37) % 40), Buffer.from('value ' + i)))
    await write(bee, { compat: true }, (b) => { for (let i = 0; i < 10; i++) b.tryPut(key(100 + i), Buffer.from('batched ' + i)) })
  }, 1)
  await tree('compat deletes', {}, async (bee) => {
    await write(bee, { compat: true }, (b) => { for (let i = 0; i < 12; i++) b.tryPut(key(i), Buffer.from('v')) })
    for (let i = 0; i < 11; i++) await write(bee, { compat: true }, (b) => b.tryDelete(key((i * 5) % 12)))
  }, 1)

  // Three writers: each goes on where the one before ended, and then the first takes over again.
  const first = new Hyperbee(store.namespace('first'), { t: 3 })
  const second = new Hyperbee(store.namespace('second'), { t: 3 })
  const third = new Hyperbee(store.namespace('third'), { t: 3 })
  for (const bee of [first, second, third]) await bee.ready()
  await write(first, {}, (b) => { for (let i = 0; i < 20; i++) b.tryPut(key(i), bytes(i === 3 ? 1500 : 10, i)) })
  await write(second, { key: first.core.key, length: first.core.length }, (b) => { for (let i = 5; i < 9; i++) b.tryPut(key(i), Buffer.from('second')) })
  await write(second, {}, (b) => b.tryDelete(key(11)))
  await write(third, { key: second.core.key, length: second.core.length }, (b) => { for (let i = 0; i < 30; i += 9) b.tryPut(key(i), bytes(1300, i)) })
  await write(first, { key: third.core.key, length: third.core.length }, (b) => b.tryPut(key(15), Buffer.from('first again')))
  for (const [name, bee] of Object.entries({ first, second, third })) trees['writers, ' + name] = await blocks(bee.core)

  const p = (core, seq, offset) => ({ core, seq, offset })
  const base = { type: 1, checkpoint: 0, batch: { start: 0, end: 0 }, previous: null, metadata: null, tree: null, keys: null, values: null, cohorts: null, t: 128 }
  const corners = [
    base,
    { ...base, t: 2, checkpoint: Number.MAX_SAFE_INTEGER, batch: { start: 1, end: 70000 }, previous: { core: 300, seq: 2 ** 33 } },
    { ...base, metadata: { cores: [] }, tree: [], keys: [], values: [], cohorts: [] },
    {
      ...base,
      metadata: {
        cores: [
          { key: bytes(32, 1), fork: 0, length: 0, treeHash: null },
          { key: bytes(32, 2), fork: 3, length: 300, treeHash: bytes(32, 3) },
          { key: bytes(32, 4), fork: 0, length: 70000, treeHash: null }
        ]
      }
    },
    { ...base, tree: [{ keys: [], children: [] }], cohorts: [[], [{ type: 1, index: 0, pointer: null }]] },
    {
      ...base,
      tree: [{
        keys: [{ type: 0, index: 0, pointer: p(0, 0, 0) }, { type: 1, index: 255, pointer: p(1, 0, 0) }, { type: 2, index: 7, pointer: null }],
        children: [{ type: 3, index: 0, pointer: p(0, 5, 1) }, { type: 1, index: 1, pointer: p(300, 70000, 252) }, { type: 0, index: 2, pointer: p(0, 0, 253) }]
      }]
    },
    {
      ...base,
      keys: [
        { key: Buffer.alloc(0), value: null, valuePointer: null },
        { key: bytes(300, 1), value: bytes(3, 1), valuePointer: null },
        { key: bytes(1, 1), value: null, valuePointer: { core: 0, seq: 0, offset: 0, split: 0 } },
        { key: bytes(2, 1), value: bytes(1, 1), valuePointer: { core: 1, seq: 300, offset: 2, split: 3 } }
      ],
      values: [Buffer.alloc(0), bytes(1, 9)]
    }
  ].map((block) => { const buffer = Buffer.from(encodeBlock({ ...block })); return { seq: 9, hex: hex(buffer), block: describe(buffer, 9) } })

  await store.close()
  fs.rmSync(dir, { recursive: true, force: true })
  const text = Object.entries({ ...trees, corners }).map(([name, list]) => JSON.stringify(name) + ': [\n' + list.map((b) => JSON.stringify(b)).join(',\n') + '\n]')
  console.log('{' + text.join(',\n') + '}')
}

main()
