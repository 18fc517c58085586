// Random transactions on the typed database of typed-spec.cjs, from a seed. The names repeat, so records are replaced and deleted.
const { random } = require('./typed-random.cjs')

module.exports = function operations (seed, transactions, generation) {
  const next = random(seed)
  const below = (n) => Math.floor(next() * n)
  const pick = (list) => list[below(list.length)]

  const member = () => ({
    room: pick(['lobby', 'cellar']),
    key: below(8),
    name: pick(['ann', 'bob', 'eve', 'zoë']) + below(4),
    age: pick([0, 0, 7, 30, 300, 70000]),
    color: below(3),
    joined: 1700000000000 + below(5) - 2 * below(2) * 1700000000000,
    score: pick([-70000, -300, -5, 0, 246, 247, 70000]),
    city: pick([null, 'Bern', 'Rome']),
    tags: pick([null, [], ['red'], ['red', 'tall'], ['tall', 'red', 'red'], ['old']]),
    motto: generation > 1 ? pick([null, 'carpe diem']) : null
  })
  const made = [
    () => ['@demo/members', member()], () => ['@demo/members', member()], () => ['@demo/members', member()],
    () => ['@demo/counters', { name: pick(['a', 'b', '']), value: below(1000) }],
    () => ['@demo/settings', { title: pick(['one', 'two']), on: next() < 0.5 }],
    () => ['@demo/cities', { country: pick(['ch', 'it']), zip: below(4), people: pick([0, 10, 1000, 5000]) }],
    () => ['@demo/papers', { id: below(6), text: pick(['draft', 'law', '']), pages: generation > 1 ? pick([null, 0, 12]) : null }]
  ]
  return Array.from({ length: transactions }, () => Array.from({ length: 1 + below(5) }, () => [next() < 0.75 ? 'insert' : 'delete', ...pick(made)()]))
}
