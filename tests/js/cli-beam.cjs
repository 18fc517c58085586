// One end of a hyperbeam: sends --text, prints what it receives until the other side ends.
const Hyperbeam = require('hyperbeam')
const { args, say, node } = require('./cli-lib.cjs')

const beam = args.phrase ? new Hyperbeam(args.phrase, { dht: node(), announce: !!args.announce }) : new Hyperbeam({ dht: node() })
const received = []
beam.on('connected', () => say('connected'))
beam.on('data', (data) => received.push(data))
beam.on('end', () => {
  say('received', { text: Buffer.concat(received).toString() })
  beam.end()
})
beam.on('close', () => process.exit(0))
beam.on('error', (error) => say('failed', { message: error.message }))
beam.on('remote-address', () => say('listening', { phrase: beam.key }))
beam.resume()
if (args.text) beam.end(args.text)
