// Operations on the typed database, in JSON: what the vectors, the peer and the C# tests all run.
const bytes = (n) => Buffer.alloc(32, n)

/** A member from its few varying parts; the C# tests make the same. */
function member ({ room, key, name, age, color, joined, score, city, tags, motto }) {
  const value = { room, key: bytes(key), name, age: age || 0, color: color || 0, joined: new Date(joined), score, tags: tags || null, motto: motto || null }
  if (city) value.profile = { city, admin: key % 2 === 0 }
  return value
}

const records = {
  '@demo/members': member,
  '@demo/counters': ({ name, value }) => ({ name, value, v: 0 }),
  '@demo/settings': ({ title, on }) => ({ title, on }),
  '@demo/cities': ({ country, zip, people }) => ({ place: { country, zip }, people: people || 0 }),
  '@demo/papers': ({ id, text, pages }) => pages === null ? { version: 1, id, text, draft: id % 2 === 0 } : { version: 2, id, text, pages }
}

/** One transaction: a list of ["insert"|"delete", collection, record]. */
async function run (db, ops) {
  const tx = db.transaction()
  for (const [op, collection, record] of ops) {
    if (op === 'insert') await tx.insert(collection, records[collection](record))
    else await tx.delete(collection, records[collection](record))
  }
  await tx.flush()
}

const show = (record) => {
  if (record === null) return null
  if (record.room !== undefined) return `${record.room}/${record.key[0]} ${record.name} ${record.age} ${record.color} ${record.joined.getTime()} ${record.score} ${record.profile ? record.profile.city + record.profile.admin : '-'} ${record.tags ? record.tags.join('+') : '-'} ${record.motto || '-'}`
  if (record.v !== undefined) return `${record.name}=${record.value}@${record.v}`
  if (record.place !== undefined) return `${record.place.country}/${record.place.zip} ${record.people}`
  if (record.text !== undefined) return `${record.id} ${record.text} ${record.version === 1 ? record.draft : record.pages} v${record.version}`
  return `${record.title} ${record.on}`
}

module.exports = { member, records, run, show, bytes }
