using System.Text.Json.Nodes;
using Nashi.HyperDB.Tests.V2;

namespace Nashi.HyperDB.Tests;

/// <summary>Ranges of every shape, as JavaScript asks for them and as C# does.</summary>
internal static class Queries
{
    public delegate ValueTask<List<string>> Ask(Database database);

    public static IReadOnlyList<(string Name, string Query, Ask Ask)> All { get; } =
    [
        ("members", """{"gte":{"room":"lobby"},"lte":{"room":"lobby"}}""", db => Members(db, new() { Under = new("lobby") })),
        ("members", """{"gt":{"room":"cellar"}}""", db => Members(db, new() { GreaterThan = new("cellar") })),
        ("members", """{"gte":{"room":"cellar","key":3}}""", db => Members(db, new() { AtLeast = new("cellar", ProgramV2.Key(3)) })),
        ("members", """{"lt":{"room":"lobby","key":4},"reverse":true,"limit":3}""", db => Members(db, new() { LessThan = new("lobby", ProgramV2.Key(4)), Reverse = true, Limit = 3 })),
        ("members", """{"lte":{"room":"lobby","key":4},"limit":5}""", db => Members(db, new() { AtMost = new("lobby", ProgramV2.Key(4)), Limit = 5 })),
        ("members", """{"limit":0}""", db => Members(db, new() { Limit = 0 })),
        ("by-name", """{"lte":{"room":"lobby","name":"bob1"}}""", db => Show(db.ByName.FindAsync(new() { AtMost = new("lobby", "bob1") }))),
        ("by-name", """{"gt":{"room":"cellar"},"reverse":true}""", db => Show(db.ByName.FindAsync(new() { GreaterThan = new("cellar"), Reverse = true }))),
        ("by-score", """{"gt":{"score":-300},"lt":{"score":247}}""", db => Show(db.ByScore.FindAsync(new() { GreaterThan = new(-300), LessThan = new(247) }))),
        ("by-score", """{"gte":{"score":-5,"age":30}}""", db => Show(db.ByScore.FindAsync(new() { AtLeast = new(-5, 30) }))),
        ("by-score", """{"gte":{"score":0},"lte":{"score":0},"limit":1}""", db => Show(db.ByScore.FindAsync(new() { Under = new(0), Limit = 1 }))),
        ("by-joined", """{"gte":{"joined":0},"reverse":true}""", db => Show(db.ByJoined.FindAsync(new() { AtLeast = new(DateTimeOffset.UnixEpoch), Reverse = true }))),
        ("by-joined", """{"lt":{"joined":0}}""", db => Show(db.ByJoined.FindAsync(new() { LessThan = new(DateTimeOffset.UnixEpoch) }))),
        ("by-tag", """{"gte":"red","lte":"red"}""", db => Show(db.ByTag.FindAsync(new() { Under = new("red") }))),
        ("by-tag", """{"gt":"old"}""", db => Show(db.ByTag.FindAsync(new() { GreaterThan = new("old") }))),
        ("by-age", """{"gt":{"age":0},"limit":4}""", db => Show(db.ByAge.FindAsync(new() { GreaterThan = new(0), Limit = 4 }))),
        ("cities", """{"gt":{"place":{"country":"ch"}}}""", db => ProgramV2.ShowAsync(db.Cities.FindAsync(new() { GreaterThan = new("ch") }), ProgramV2.Show)),
        ("cities", """{"gte":{"place":{"country":"ch","zip":1}},"lt":{"place":{"country":"it","zip":2}}}""", db => ProgramV2.ShowAsync(db.Cities.FindAsync(new() { AtLeast = new("ch", 1), LessThan = new("it", 2) }), ProgramV2.Show)),
        ("papers", """{"gt":{"id":1},"lte":{"id":4}}""", db => ProgramV2.ShowAsync(db.Papers.FindAsync(new() { GreaterThan = new(1), AtMost = new(4) }), ProgramV2.Show)),
        ("by-text", """{"gte":{"text":"law"},"reverse":true}""", db => ProgramV2.ShowAsync(db.ByText.FindAsync(new() { AtLeast = new("law"), Reverse = true }), ProgramV2.Show)),
        ("big-cities", """{"gte":{"people":1000},"lt":{"people":5000}}""", db => ProgramV2.ShowAsync(db.BigCities.FindAsync(new() { AtLeast = new(1000), LessThan = new(5000) }), ProgramV2.Show)),
    ];

    public static JsonObject ToJson(string name, string query) => new() { ["name"] = name, ["query"] = JsonNode.Parse(query) };

    private static ValueTask<List<string>> Members(Database database, KeyRange<MembersKey> range) => Show(database.Members.FindAsync(range));

    private static ValueTask<List<string>> Show(IAsyncEnumerable<Member> members) => ProgramV2.ShowAsync(members, ProgramV2.Show);
}
