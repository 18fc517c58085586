namespace Nashi.HyperDB.Tests.V1
{
    public sealed partial class Database
    {
        private static partial IEnumerable<string> MapByTag(Member record, object? context) => record.Tags ?? [];

        private static partial IEnumerable<BigCitiesEntry> MapBigCities(City record, object? context)
            => record.People >= 1000 ? [new BigCitiesEntry(record.People, $"{record.Place.Country}/{record.Place.Zip}")] : [];
    }
}

namespace Nashi.HyperDB.Tests.V2
{
    public sealed partial class Database
    {
        private static partial IEnumerable<string> MapByTag(Member record, object? context) => record.Tags ?? [];

        private static partial IEnumerable<BigCitiesEntry> MapBigCities(City record, object? context)
            => record.People >= 1000 ? [new BigCitiesEntry(record.People, $"{record.Place.Country}/{record.Place.Zip}")] : [];
    }
}
