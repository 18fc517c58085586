// The typed database of the reference on a core of its own or another's: one command per line on standard input, one answer per line. Argument: folder.
const net = require('net')
const readline = require('readline')
const fs = require('fs')
const path = require('path')
const Corestore = require('corestore')
const HyperDB = require('hyperdb')
const { load } = require('./typed-spec.cjs')
const Values = require('./typed-random.cjs')
const { run, show, records, bytes } = require('./typed-lib.cjs')

const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }))
const hex = (buffer) => Buffer.from(buffer).toString('hex')
const made = load(2)
const json = JSON.parse(fs.readFileSync(path.join(__dirname, '../Nashi.HyperDB.Tests/Spec/v2/schema.json')))
let store = null
let core = null
let db = null

// Bounds come as JSON: keys as a number, dates as milliseconds.
const bound = (value) => value && { ...value, ...(typeof value.key === 'number' && { key: bytes(value.key) }), ...(value.joined !== undefined && { joined: new Date(value.joined) }) }
const query = ({ gt, gte, lt, lte, ...more }) => {
  const all = { ...more }
  for (const [name, value] of Object.entries({ gt, gte, lt, lte })) if (value !== undefined) all[name] = typeof value === 'object' ? bound(value) : value
  return all
}

const commands = {
  async open ({ key }) {
    store = new Corestore(process.argv[2])
    core = store.get(key ? { key: Buffer.from(key, 'hex') } : { name: 'db' })
    await core.ready()
    db = HyperDB.bee(core.session(), made.db, { extension: false, autoUpdate: true })
    await db.ready()
    return { key: hex(core.key), length: core.length }
  },
  async listen () {
    const server = net.createServer((socket) => {
      const stream = store.replicate(false)
      stream.on('error', () => {})
      socket.on('error', () => {})
      stream.pipe(socket).pipe(stream)
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { port: server.address().port }
  },
  async length ({ length }) {
    while (core.length < length) await core.update({ wait: true })
    db.update()
    return { length: core.length }
  },
  async transact ({ ops }) {
    await run(db, ops)
    return { length: core.length }
  },
  async find ({ name, query: asked }) {
    return { found: (await db.find('@demo/' + name, query(asked || {})).toArray()).map(show) }
  },
  async get ({ name, record, raw }) {
    return { found: show(await db.get('@demo/' + name, raw === undefined ? (records['@demo/' + name] || bound)(record) : raw)) }
  },
  async random ({ type, seed, count, version }) {
    const values = new Values(json, seed)
    return { values: Array.from({ length: count }, () => hex(made.schema.encode(type, values.of(type), version))) }
  },
  // Decodes and encodes again; null for what the reference refuses.
  async again ({ type, values, version }) {
    return {
      values: values.map((value) => {
        try {
          return hex(made.schema.encode(type, made.schema.decode(type, Buffer.from(value, 'hex'), version), version))
        } catch {
          return null
        }
      })
    }
  },
  async dispatch ({ values }) {
    return { names: values.map((value) => { const op = made.dispatch.decode(Buffer.from(value, 'hex')); return `${op.id} ${op.name} ${JSON.stringify(op.value)}` }) }
  }
}

async function main () {
  say('ready')
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line)
    await commands[command.run](command).then((more) => say(command.id, more || {}), (error) => say(command.id, { error: error.stack }))
  }
  if (db) await db.close()
  if (store) await store.close()
}

main()
