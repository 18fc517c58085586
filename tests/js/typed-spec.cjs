// Builds the schemas of the typed-database tests with the reference's own tools: node typed-spec.cjs <folder> writes, for two generations of one
// program, <folder>/v1 and <folder>/v2 with schema.json, db.json and dispatch.json (and the JavaScript that the tools make of them).
const path = require('path')
const Hyperschema = require('hyperschema')
const HyperDB = require('hyperdb/builder')
const Hyperdispatch = require('hyperdispatch')

const PRIMITIVES = [
  'uint', 'uint8', 'uint16', 'uint24', 'uint32', 'uint40', 'uint48', 'uint56', 'uint64', 'int', 'int8', 'int16', 'int24', 'int32', 'int40', 'int48', 'int56',
  'int64', 'float32', 'float64', 'port', 'lexint', 'string', 'utf8', 'ascii', 'hex', 'bigint', 'biguint64', 'bigint64', 'fixed8', 'fixed16', 'fixed24',
  'fixed32', 'fixed64', 'buffer', 'optionalBuffer', 'date', 'ip', 'ipv4', 'ipv6', 'ipAddress', 'ipv4Address', 'ipv6Address', 'json'
]
const BITS = ['bool', 'uint1', 'uint2', 'uint3', 'uint4', 'uint5', 'uint6', 'uint7']

const name = (type) => 'the-' + type
const field = (type, more) => ({ name: name(type), type, ...more })
// Flags are one number of at most 31 bits in the reference, so the optional fields are spread over structs.
const some = (type, from, to) => PRIMITIVES.slice(from, to).map((type) => field(type))

function schema (dir, generation) {
  const all = Hyperschema.from(path.join(dir, 'schema'))
  const ns = all.namespace('demo')
  const later = (fields) => generation > 1 ? fields : []

  ns.register({ name: 'color', enum: ['red', 'green', ...later(['blue'])] })
  ns.register({ name: 'mood', enum: ['happy', 'sad', 'so-so'], strings: true })
  ns.register({ name: 'level', offset: 0, enum: ['low', 'high'] })
  ns.register({ name: 'id', alias: 'fixed32' })
  ns.register({ name: 'yes', alias: 'bool' })

  ns.register({ name: 'everything', fields: PRIMITIVES.map((type) => field(type, { required: true })) })
  ns.register({ name: 'optional-numbers', fields: [...BITS.map((type) => field(type)), field('uint')] })
  ns.register({ name: 'optional-first', fields: some('first', 0, 20) })
  ns.register({ name: 'optional-second', fields: some('second', 20, 44) })
  ns.register({ name: 'lists', fields: [...PRIMITIVES.map((type) => field(type, { array: true, required: true })), field('bool', { array: true, required: true })] })

  ns.register({ name: 'point', compact: true, fields: [{ name: 'x', type: 'int', required: true }, { name: 'y', type: 'int', required: true }, { name: 'z', type: 'int' }] })
  ns.register({ name: 'style', compact: true, fields: [{ name: 'bold', type: 'bool' }, { name: 'weight', type: 'uint3' }, { name: 'color', type: '@demo/color' }, { name: 'font', type: 'string' }] })
  ns.register({ name: 'frame', compact: true, fields: [{ name: 'style', type: '@demo/style', inline: true }, { name: 'width', type: 'uint' }, { name: 'must', type: '@demo/style', inline: true, required: true }] })
  ns.register({ name: 'wide', compact: true, fields: [...BITS.map((type) => field(type)), field('string')] })
  ns.register({ name: 'layer', fields: [{ name: 'title', type: 'string', required: true }, { name: 'visible', type: 'bool' }, { name: 'moods', type: '@demo/mood', array: true }, ...later([{ name: 'opacity', type: 'uint8' }])] })
  ns.register({
    name: 'drawing',
    fields: [
      { name: 'name', type: 'string', required: true },
      { name: 'frame', type: '@demo/frame', inline: true },
      { name: 'origin', type: '@demo/point', required: true },
      { name: 'corner', type: '@demo/point' },
      { name: 'path', type: '@demo/point', array: true },
      { name: 'layers', type: '@demo/layer', array: true },
      { name: 'kind', type: 'string', constant: 'drawing' },
      ...later([{ name: 'scale', type: 'float64' }, { name: 'tags', type: 'string', array: true }])
    ]
  })
  ns.register({ name: 'tree', fields: [{ name: 'value', type: 'uint', required: true }, { name: 'left', type: '@demo/tree' }, { name: 'right', type: '@demo/tree' }, { name: 'more', type: '@demo/tree', array: true }] })
  ns.register({ name: 'late', fields: [{ name: 'a', type: 'uint', required: true }, ...later([{ name: 'b', type: 'string' }, { name: 'c', type: 'bool' }])] })
  ns.register({ name: 'positioned', flagsPosition: 0, fields: [{ name: 'a', type: 'uint', required: true }, { name: 'b', type: 'string', required: true }, { name: 'c', type: 'uint' }, { name: 'd', type: '@demo/yes' }, { name: 'e', type: '@demo/id' }] })

  ns.register({ name: 'points', array: true, type: '@demo/point' })
  ns.register({ name: 'layers', array: true, type: '@demo/layer' })
  ns.register({ name: 'answers', array: true, type: '@demo/yes' })
  ns.register({ name: 'counts', record: true, key: 'string', value: 'uint' })
  ns.register({ name: 'places', record: true, key: 'string', value: '@demo/point' })
  ns.register({ name: 'atlas', fields: [{ name: 'places', type: '@demo/places', required: true }, { name: 'counts', type: '@demo/counts' }, { name: 'shapes', type: '@demo/points' }, { name: 'level', type: '@demo/level' }, { name: 'mood', type: '@demo/mood' }, { name: 'end', type: 'raw' }] })

  ns.register({ name: 'note-v0', fields: [{ name: 'text', type: 'string', required: true }] })
  ns.register({ name: 'note-v1', fields: [{ name: 'text', type: 'string', required: true }, { name: 'at', type: 'uint', required: true }] })
  ns.register({ name: 'note', versions: [{ version: 1, type: '@demo/note-v0' }, { version: 2, type: '@demo/note-v1' }] })
  ns.register({ name: 'note-book', fields: [{ name: 'first', type: '@demo/note', required: true }, { name: 'notes', type: '@demo/note', array: true }] })

  ns.register({
    name: 'member',
    fields: [
      { name: 'room', type: 'string', required: true },
      { name: 'key', type: '@demo/id', required: true },
      { name: 'name', type: 'string', required: true },
      { name: 'age', type: 'uint' },
      { name: 'color', type: '@demo/color' },
      { name: 'joined', type: 'date', required: true },
      { name: 'score', type: 'int', required: true },
      { name: 'profile', type: '@demo/profile' },
      { name: 'tags', type: 'string', array: true },
      ...later([{ name: 'motto', type: 'string' }])
    ]
  })
  ns.register({ name: 'profile', fields: [{ name: 'city', type: 'string', required: true }, { name: 'admin', type: 'bool' }] })
  ns.register({ name: 'counter', fields: [{ name: 'name', type: 'string', required: true }, { name: 'value', type: 'uint', required: true }, { name: 'v', type: 'uint', required: true }] })
  ns.register({ name: 'settings', fields: [{ name: 'title', type: 'string' }, { name: 'on', type: 'bool' }] })
  ns.register({ name: 'city', fields: [{ name: 'place', type: '@demo/spot', required: true }, { name: 'people', type: 'uint' }] })
  ns.register({ name: 'spot', fields: [{ name: 'country', type: 'string', required: true }, { name: 'zip', type: 'uint', required: true }] })
  ns.register({ name: 'paper-v1', fields: [{ name: 'id', type: 'uint', required: true }, { name: 'text', type: 'string', required: true }, { name: 'draft', type: 'bool' }] })
  ns.register({ name: 'paper-v2', fields: [{ name: 'text', type: 'string', required: true }, { name: 'id', type: 'uint', required: true }, { name: 'pages', type: 'uint' }] })
  ns.register({ name: 'paper', versions: [{ version: 1, type: '@demo/paper-v1' }, ...later([{ version: 2, type: '@demo/paper-v2' }])] })
  ns.register({ name: 'put', fields: [{ name: 'member', type: '@demo/member', required: true }] })
  ns.register({ name: 'remove', fields: [{ name: 'room', type: 'string', required: true }, { name: 'key', type: '@demo/id', required: true }] })
  Hyperschema.toDisk(all)
}

function database (dir, generation) {
  const db = HyperDB.from(path.join(dir, 'schema'), path.join(dir, 'db'), { offset: 2 })
  const ns = db.namespace('demo')
  ns.require(path.join(__dirname, 'typed-helpers.cjs'))
  ns.collections.register({ name: 'members', schema: '@demo/member', key: ['room', 'key'] })
  ns.indexes.register({ name: 'by-name', collection: '@demo/members', key: ['room', 'name'], unique: true })
  ns.indexes.register({ name: 'by-score', collection: '@demo/members', key: ['score', 'age'] })
  ns.indexes.register({ name: 'by-joined', collection: '@demo/members', key: ['joined', 'color'] })
  ns.indexes.register({ name: 'by-tag', collection: '@demo/members', key: { type: 'string', map: 'mapTags' } })
  ns.collections.register({ name: 'counters', schema: '@demo/counter', key: ['name'], versionField: 'v' })
  ns.collections.register({ name: 'settings', schema: '@demo/settings', key: [] })
  ns.collections.register({ name: 'cities', schema: '@demo/city', key: ['place.country', 'place.zip'] })
  ns.indexes.register({ name: 'big-cities', collection: '@demo/cities', unique: true, key: { type: { fields: [{ name: 'people', type: 'uint' }, { name: 'where', type: 'string' }] }, map: 'mapBigCities' } })
  ns.collections.register({ name: 'papers', schema: '@demo/paper', key: ['id'] })
  ns.indexes.register({ name: 'by-text', collection: '@demo/papers', key: ['text'] })
  if (generation > 1) ns.indexes.register({ name: 'by-age', collection: '@demo/members', key: ['age'] })
  HyperDB.toDisk(db)
}

function dispatch (dir, generation) {
  const all = Hyperdispatch.from(path.join(dir, 'schema'), path.join(dir, 'dispatch'), { offset: 3 })
  const ns = all.namespace('demo')
  ns.register({ name: 'put', requestType: '@demo/put' })
  ns.register({ name: 'remove', requestType: '@demo/remove' })
  ns.register({ name: 'rename', requestType: '@demo/put' })
  if (generation > 1) ns.register({ name: 'set-level', requestType: '@demo/level' })
  Hyperdispatch.toDisk(all)
}

/** Makes the schemas of one generation in a folder; of the second on top of the first, as a program grows. */
function build (dir, generation) {
  for (let g = 1; g <= generation; g++) {
    schema(dir, g)
    database(dir, g)
    dispatch(dir, g)
  }
  return dir
}

/** Makes and loads the JavaScript of one generation. */
function load (generation) {
  const fs = require('fs')
  // The tools' code asks for their run time, which is found from here only.
  const Module = require('module')
  process.env.NODE_PATH = path.join(__dirname, 'node_modules')
  Module._initPaths()
  const dir = fs.mkdtempSync(path.join(require('os').tmpdir(), 'nashi-typed-'))
  process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }))
  build(dir, generation)
  return { schema: require(path.join(dir, 'schema')), db: require(path.join(dir, 'db')), dispatch: require(path.join(dir, 'dispatch')) }
}

module.exports = { build, load, name, PRIMITIVES, BITS }

if (require.main === module) {
  const fs = require('fs')
  for (const generation of [1, 2]) {
    const dir = fs.mkdtempSync(path.join(require('os').tmpdir(), 'nashi-typed-'))
    build(dir, generation)
    const out = path.join(process.argv[2], 'v' + generation)
    fs.mkdirSync(out, { recursive: true })
    for (const [from, to] of [['schema/schema.json', 'schema.json'], ['db/db.json', 'db.json'], ['dispatch/dispatch.json', 'dispatch.json']]) {
      fs.writeFileSync(path.join(out, to), fs.readFileSync(path.join(dir, from), 'utf8').trimEnd() + '\n')
    }
    fs.rmSync(dir, { recursive: true, force: true })
  }
}
