using System.Text.Json;
using Nashi.Encoding;
using Nashi.HyperDB.Tests.V2;

namespace Nashi.HyperDB.Tests;

/// <summary>The second generation of the test program.</summary>
internal sealed class ProgramV2(Database database) : ITypedProgram
{
    public Database Database => database;

    public async ValueTask RunAsync(JsonElement operations)
    {
        await using var transaction = database.Transaction();
        foreach (var operation in operations.EnumerateArray()) await RunAsync(transaction, operation);
        await transaction.FlushAsync();
    }

    public static async ValueTask RunAsync(DatabaseTransaction transaction, JsonElement operation)
    {
        var (isInsert, json) = (operation[0].GetString() == "insert", operation[2]);
        switch (operation[1].GetString())
        {
            case "@demo/members" when isInsert:
                await transaction.Members.InsertAsync(Member(json));
                break;
            case "@demo/members":
                await transaction.Members.DeleteAsync(new(Text(json, "room"), Key(json.GetProperty("key").GetInt32())));
                break;
            case "@demo/counters" when isInsert:
                await transaction.Counters.InsertAsync(new Counter { Name = Text(json, "name")!, Value = json.GetProperty("value").GetUInt64(), V = 0 });
                break;
            case "@demo/counters":
                await transaction.Counters.DeleteAsync(new(Text(json, "name")));
                break;
            case "@demo/settings" when isInsert:
                await transaction.Settings.InsertAsync(new Settings { Title = Text(json, "title"), On = json.GetProperty("on").GetBoolean() });
                break;
            case "@demo/settings":
                await transaction.Settings.DeleteAsync(default);
                break;
            case "@demo/papers" when isInsert:
                await transaction.Papers.InsertAsync(Paper(json));
                break;
            case "@demo/papers":
                await transaction.Papers.DeleteAsync(new(json.GetProperty("id").GetUInt64()));
                break;
            default:
                var place = new Spot { Country = Text(json, "country")!, Zip = json.GetProperty("zip").GetUInt64() };
                if (isInsert) await transaction.Cities.InsertAsync(new City { Place = place, People = json.GetProperty("people").GetUInt64() });
                else await transaction.Cities.DeleteAsync(new(place.Country, place.Zip));
                break;
        }
    }

    public ValueTask<List<string>> FindAsync(string name) => FindAsync(database, name);

    public static ValueTask<List<string>> FindAsync(Database database, string name) => name switch
    {
        "members" => ShowAsync(database.Members.FindAsync(), Show),
        "by-name" => ShowAsync(database.ByName.FindAsync(), Show),
        "by-score" => ShowAsync(database.ByScore.FindAsync(), Show),
        "by-joined" => ShowAsync(database.ByJoined.FindAsync(), Show),
        "by-tag" => ShowAsync(database.ByTag.FindAsync(), Show),
        "by-age" => ShowAsync(database.ByAge.FindAsync(), Show),
        "counters" => ShowAsync(database.Counters.FindAsync(), counter => $"{counter.Name}={counter.Value}@{counter.V}"),
        "settings" => ShowAsync(database.Settings.FindAsync(), settings => $"{settings.Title} {(settings.On ? "true" : "false")}"),
        "papers" => ShowAsync(database.Papers.FindAsync(), Show),
        "by-text" => ShowAsync(database.ByText.FindAsync(), Show),
        "cities" => ShowAsync(database.Cities.FindAsync(), Show),
        _ => ShowAsync(database.BigCities.FindAsync(), Show),
    };

    public static async ValueTask<List<string>> ShowAsync<T>(IAsyncEnumerable<T> records, Func<T, string> show)
    {
        List<string> shown = [];
        await foreach (var record in records) shown.Add(show(record));
        return shown;
    }

    public static string Show(IPaper paper) => paper switch
    {
        PaperV1 old => $"{old.Id} {old.Text} {(old.Draft ? "true" : "false")} v{old.Version}",
        PaperV2 now => $"{now.Id} {now.Text} {now.Pages} v2",
        _ => "?",
    };

    public static string Show(City city) => $"{city.Place.Country}/{city.Place.Zip} {city.People}";

    public static string Show(Member member)
    {
        var profile = member.Profile is { } known ? known.City + (known.Admin ? "true" : "false") : "-";
        var tags = member.Tags is { } some ? string.Join('+', some) : "-";
        return $"{member.Room}/{member.Key.AsSpan()[0]} {member.Name} {member.Age} {(uint)member.Color} {member.Joined.ToUnixTimeMilliseconds()} {member.Score} {profile} {tags} {member.Motto ?? "-"}";
    }

    public static Bytes32 Key(int n) => new([.. Enumerable.Repeat((byte)n, 32)]);

    public static Member Member(JsonElement json)
    {
        var key = json.GetProperty("key").GetInt32();
        return new Member
        {
            Room = Text(json, "room")!,
            Key = Key(key),
            Name = Text(json, "name")!,
            Age = json.GetProperty("age").GetUInt64(),
            Color = (Color)json.GetProperty("color").GetUInt32(),
            Joined = DateTimeOffset.FromUnixTimeMilliseconds(json.GetProperty("joined").GetInt64()),
            Score = json.GetProperty("score").GetInt64(),
            Profile = Text(json, "city") is { } city ? new Profile { City = city, Admin = key % 2 == 0 } : null,
            Tags = json.GetProperty("tags") is { ValueKind: JsonValueKind.Array } tags ? [.. tags.EnumerateArray().Select(tag => tag.GetString()!)] : null,
            Motto = Text(json, "motto"),
        };
    }

    private static IPaper Paper(JsonElement json)
    {
        var (id, text) = (json.GetProperty("id").GetUInt64(), Text(json, "text")!);
        if (json.GetProperty("pages") is { ValueKind: JsonValueKind.Number } pages) return new PaperV2 { Id = id, Text = text, Pages = pages.GetUInt64() };
        return new PaperV1 { Id = id, Text = text, Draft = id % 2 == 0 };
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
