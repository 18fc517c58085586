'use strict'
// A hyperbee over TCP, and what its extension hears: hyperbee-peer.cjs FOLDER [KEY]. Lines of JSON on standard input.
const Corestore = require('corestore')
const Hyperbee = require('hyperbee')
const SecretStream = require('@hyperswarm/secret-stream')
const net = require('net')
const readline = require('readline')

const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }))
const key = (i) => 'key-' + String(i).padStart(6, '0')

async function main () {
  const store = new Corestore(process.argv[2])
  const core = store.get(process.argv[3] ? { key: Buffer.from(process.argv[3], 'hex') } : { name: 'bee' })
  const bee = new Hyperbee(core, { keyEncoding: 'utf-8', valueEncoding: 'utf-8' })
  await bee.ready()
  const heard = { cache: 0, get: 0, iterator: 0 }
  for (const kind of Object.keys(heard)) {
    const handle = bee.extension['on' + kind].bind(bee.extension)
    bee.extension['on' + kind] = (message, from) => { heard[kind] += message.blocks ? message.blocks.length : 1; return handle(message, from) }
  }

  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    const stream = new SecretStream(false, socket)
    stream.on('error', () => {})
    store.replicate(stream)
  })
  server.listen(0, '127.0.0.1', () => say('ready', { port: server.address().port, key: core.key.toString('hex') }))

  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { run, count, index, start, limit } = JSON.parse(line)
    if (run === 'fill') {
      const batch = bee.batch()
      for (let i = 0; i < count; i++) await batch.put(key((i * 7919) % count), 'value ' + i)
      await batch.flush()
      say(run, { length: core.length })
    } else if (run === 'get') {
      await core.update({ wait: true })
      say(run, { value: (await bee.get(key(index))).value, ...heard })
    } else if (run === 'range') {
      await core.update({ wait: true })
      let read = 0
      for await (const _ of bee.createReadStream({ gte: key(start), limit })) read++
      say(run, { read, ...heard })
    } else if (run === 'heard') {
      say(run, heard)
    }
  }
}

main()
