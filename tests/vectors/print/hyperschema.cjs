// Prints values of every type of the typed-database schema, as both of its versions write them.
const load = require('module').createRequire(process.cwd() + '/')
const { load: make, PRIMITIVES, BITS, name } = load('./typed-spec.cjs')
const Values = load('./typed-random.cjs')
const path = require('path')
const fs = require('fs')

const { schema } = make(2)
const json = JSON.parse(fs.readFileSync(path.join(__dirname, '../../Nashi.HyperDB.Tests/Spec/v2/schema.json')))
const hex = (bytes) => Buffer.from(bytes).toString('hex')

const random = []
for (const type of json.schema) {
  if (type.alias) continue
  const fqn = '@' + type.namespace + '/' + type.name
  const values = new Values(json, 1000 + random.length)
  for (let i = 0; i < 6; i++) {
    const value = values.of(fqn)
    random.push({ type: fqn, v1: hex(schema.encode(fqn, value, 1)), v2: hex(schema.encode(fqn, value)) })
  }
}

// Values that a test spells out in C#.
const known = {
  numbers: hex(schema.encode('@demo/optional-numbers', { 'the-bool': true, 'the-uint3': 5, 'the-uint7': 100, 'the-uint': 300 })),
  drawing: hex(schema.encode('@demo/drawing', {
    name: 'door',
    frame: { style: { bold: true, weight: 3, color: 2, font: 'mono' }, width: 9, must: { weight: 7 } },
    origin: { x: -1, y: 2 },
    path: [{ x: 1, y: 2, z: -300 }],
    layers: [{ title: 'top', visible: true, moods: ['so-so', 'happy'] }],
    scale: 0.5,
    tags: ['a']
  })),
  wide: hex(schema.encode('@demo/wide', { 'the-uint7': 65, 'the-string': 'x' })),
  tree: hex(schema.encode('@demo/tree', { value: 1, left: { value: 2 }, more: [{ value: 3, right: { value: 4 } }] })),
  note: hex(schema.encode('@demo/note', { text: 'n', at: 5 })),
  oldNote: hex(schema.encode('@demo/note', { version: 1, text: 'n' })),
  places: hex(schema.encode('@demo/places', { b: { x: 1, y: 1 }, 10: { x: 2, y: 2 }, 9: { x: 3, y: 3 }, a: { x: 4, y: 4 } })),
  answers: hex(schema.encode('@demo/answers', [true, false, true, true, false, false, false, false, true])),
  empty: hex(schema.encode('@demo/optional-second', Object.fromEntries([...PRIMITIVES, ...BITS].map((type) => [name(type), type === 'string' ? '' : 0]).filter(([type]) => /u?int|string|float/.test(type)))))
}
console.log(JSON.stringify({ random, known }, null, 1))
