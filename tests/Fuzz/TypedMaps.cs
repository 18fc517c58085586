namespace Nashi.Fuzz.Typed;

/// <summary>The maps that the schema asks for; nothing here is indexed.</summary>
internal sealed partial class Database
{
    private static partial IEnumerable<string> MapByTag(Member record, object? context) => [];

    private static partial IEnumerable<BigCitiesEntry> MapBigCities(City record, object? context) => [];
}
