// The maps of the indexes in typed-spec.cjs; the C# tests have the same two.
exports.mapTags = (member) => member.tags || []
exports.mapBigCities = (city) => city.people >= 1000 ? [{ people: city.people, where: city.place.country + '/' + city.place.zip }] : []
