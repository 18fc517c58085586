using Nashi.Hyperbee;
using Nashi.HyperDB.Tests.V2;

namespace Nashi.HyperDB.Tests;

/// <summary>Transactions, snapshots, history, and hostile writers.</summary>
public sealed class DatabaseTests
{
    private readonly MemoryBlockLog _log = new();
    private readonly Hyperbee.Hyperbee _tree;
    private readonly Database _database;

    public DatabaseTests()
    {
        _tree = new Hyperbee.Hyperbee(_log);
        _database = new Database(_tree);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Transaction_BeforeItsFlush_IsSeenByItselfOnly()
    {
        await using var transaction = _database.Transaction();
        await transaction.Members.InsertAsync(Member(1, "ann"), Token);
        Assert.Equal(Member(1, "ann"), await transaction.Members.GetAsync(KeyOf(1), Token));
        Assert.Equal(Member(1, "ann"), await transaction.ByName.GetAsync(new("lobby", "ann"), Token));
        Assert.Null(await _database.Members.GetAsync(KeyOf(1), Token));
        Assert.Equal(0UL, _log.Length);
        await transaction.FlushAsync(Token);
        Assert.Equal(Member(1, "ann"), await _database.Members.GetAsync(KeyOf(1), Token));
        Assert.Equal(Member(1, "ann"), await _database.ByTag.FirstAsync(new() { Under = new("red") }, Token));
    }

    [Fact]
    public async Task Transaction_AfterItsEnd_CannotBeUsed()
    {
        var transaction = _database.Transaction();
        await transaction.FlushAsync(Token);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await transaction.Members.InsertAsync(Member(1, "ann"), Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await transaction.FlushAsync(Token));
    }

    [Fact]
    public async Task Transaction_WhenTheDatabaseChanged_FailsAndWritesNothing()
    {
        await InsertAsync(Member(1, "ann"));
        await using var late = _database.Transaction();
        await late.Members.InsertAsync(Member(2, "bob"), Token);
        await InsertAsync(Member(3, "eve"));
        var length = _log.Length;
        var error = await Assert.ThrowsAsync<HyperDBException>(async () => await late.FlushAsync(Token));
        Assert.Equal("DATABASE_CHANGED", error.Code);
        Assert.True(error.IsTransient);
        Assert.Equal(length, _log.Length);
        Assert.Null(await _database.Members.GetAsync(KeyOf(2), Token));
        await InsertAsync(Member(2, "bob"));
        Assert.NotNull(await _database.Members.GetAsync(KeyOf(2), Token));
    }

    [Fact]
    public async Task Transaction_WhenTheLogWasCutAndGrewAgain_Fails()
    {
        await InsertAsync(Member(1, "ann"));
        await using var late = _database.Transaction();
        await late.Members.InsertAsync(Member(2, "bob"), Token);
        var length = _log.Length;
        _log.Truncate(1);
        while (_log.Length < length) await _tree.PutAsync($"key {_log.Length}", "", null, Token);
        Assert.Equal("DATABASE_CHANGED", (await Assert.ThrowsAsync<HyperDBException>(async () => await late.FlushAsync(Token))).Code);
    }

    [Fact]
    public async Task ExclusiveTransactions_OfMany_AllSucceed()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            await using var transaction = await _database.ExclusiveTransactionAsync(cancellationToken: Token);
            var counter = await transaction.Counters.GetAsync(new("visits"), Token) ?? new Counter { Name = "visits", Value = 0, V = 0 };
            await transaction.Counters.InsertAsync(counter with { Value = counter.Value + 1 }, Token);
            await transaction.FlushAsync(Token);
        }));
        Assert.Equal(new Counter { Name = "visits", Value = 20, V = 1 }, await _database.Counters.GetAsync(new("visits"), Token));
    }

    [Fact]
    public async Task Insert_OfWhatIsStored_WritesNothing()
    {
        await InsertAsync(Member(1, "ann"));
        var length = _log.Length;
        await InsertAsync(Member(1, "ann"));
        Assert.Equal(length, _log.Length);
    }

    [Fact]
    public async Task Insert_AfterADeleteInOneTransaction_Counts()
    {
        await InsertAsync(Member(1, "ann"));
        await using var transaction = _database.Transaction();
        await transaction.Members.DeleteAsync(KeyOf(1), Token);
        Assert.Null(await transaction.Members.GetAsync(KeyOf(1), Token));
        Assert.Null(await transaction.ByName.GetAsync(new("lobby", "ann"), Token));
        await transaction.Members.InsertAsync(Member(1, "ada"), Token);
        Assert.Null(await transaction.ByName.GetAsync(new("lobby", "ann"), Token));
        Assert.Equal("ada", (await transaction.ByName.GetAsync(new("lobby", "ada"), Token))!.Name);
        await transaction.FlushAsync(Token);
        Assert.Null(await _database.ByName.GetAsync(new("lobby", "ann"), Token));
        Assert.Equal("ada", (await _database.Members.GetAsync(KeyOf(1), Token))!.Name);
    }

    [Fact]
    public async Task Find_InATransaction_SeesWhatTheFlushMakes()
    {
        var generations = TestKit.Vectors.Load("hyperdb").GetProperty("generations");
        var transactions = generations[1].GetProperty("transactions").EnumerateArray().ToArray();
        for (var i = 0; i < transactions.Length; i++)
        {
            await using var transaction = _database.Transaction();
            foreach (var operation in transactions[i].EnumerateArray()) await ProgramV2.RunAsync(transaction, operation);
            // Several generated transactions together, so that records change more than once.
            foreach (var operation in transactions[(i * 7) % transactions.Length].EnumerateArray()) await ProgramV2.RunAsync(transaction, operation);
            var before = await AskAllAsync(new Database(transaction.View));
            await transaction.FlushAsync(Token);
            Assert.Equal(before, await AskAllAsync(_database));
        }
    }

    [Fact]
    public async Task Snapshot_OfTheDatabase_StaysAsItWas()
    {
        await InsertAsync(Member(1, "ann"));
        var (snapshot, version) = (_database.Snapshot(), _database.Version);
        await InsertAsync(Member(1, "ada"));
        Assert.Equal("ann", (await snapshot.Members.GetAsync(KeyOf(1), Token))!.Name);
        Assert.Equal("ann", (await _database.Checkout(version).ByName.FirstAsync(null, Token))!.Name);
        Assert.Equal("SESSION_NOT_WRITABLE", Assert.Throws<HyperDBException>(() => snapshot.Transaction()).Code);
        Assert.Equal("ada", (await _database.Members.GetAsync(KeyOf(1), Token))!.Name);
    }

    [Fact]
    public async Task Find_WhileSomebodyWrites_ReadsOneVersion()
    {
        await InsertAsync(Member(1, "ann"));
        await InsertAsync(Member(2, "bob"));
        List<string> names = [];
        await foreach (var member in new Database(_tree, new HyperDatabaseOptions { ReadAhead = 1 }).ByName.FindAsync(null, Token))
        {
            names.Add(member.Name);
            await InsertAsync(Member(2, "zed"));
        }

        Assert.Equal(["ann", "bob"], names);
    }

    [Fact]
    public async Task Changes_OfACollection_AreItsHistory()
    {
        await InsertAsync(Member(1, "ann"));
        await InsertAsync(Member(1, "ada"));
        await using var transaction = _database.Transaction();
        await transaction.Members.DeleteAsync(KeyOf(1), Token);
        await transaction.Settings.InsertAsync(new Settings { Title = "x" }, Token);
        await transaction.FlushAsync(Token);
        List<string> changes = [];
        await foreach (var change in _database.Members.ChangesAsync(null, Token)) changes.Add($"{change.Kind} {change.Key.Room} {change.Record?.Name}");
        Assert.Equal(["Insert lobby ann", "Insert lobby ada", "Delete lobby "], changes);
    }

    [Fact]
    public async Task Watch_AfterAWrite_GivesTheNewDatabase()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var watch = _database.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        var next = watch.MoveNextAsync().AsTask();
        await InsertAsync(Member(1, "ann"));
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(60), Token));
        Assert.Equal("ann", (await watch.Current.Members.GetAsync(KeyOf(1), Token))!.Name);
    }

    [Fact]
    public async Task Get_OfAPartialKey_IsRefused()
    {
        Assert.Equal("KEY_MISSING", (await Assert.ThrowsAsync<HyperDBException>(async () => await _database.Members.GetAsync(new("lobby"), Token))).Code);
        await using var transaction = _database.Transaction();
        Assert.Equal("KEY_MISSING", (await Assert.ThrowsAsync<HyperDBException>(async () => await transaction.Members.DeleteAsync(default, Token))).Code);
    }

    [Fact]
    public async Task Find_OfAHostileRecord_FailsWithACodeAndTheRestIsReadable()
    {
        await InsertAsync(Member(1, "ann"));
        await InsertAsync(Member(3, "eve"));
        await _tree.PutAsync(Database.MembersDefinition.KeyOf(Member(2, "bad")), new byte[] { 0, 0xff, 0xff }, null, Token);
        var error = await Assert.ThrowsAsync<HyperDBException>(async () => await ProgramV2.FindAsync(_database, "members"));
        Assert.Equal("DECODING_ERROR", error.Code);
        Assert.NotNull(await _database.Members.GetAsync(KeyOf(1), Token));
        Assert.Single(await ProgramV2.ShowAsync(_database.Members.FindAsync(new() { GreaterThan = KeyOf(2) }, Token), ProgramV2.Show));
    }

    [Fact]
    public async Task Find_ByAnIndexThatLeadsNowhere_PassesOver()
    {
        await InsertAsync(Member(1, "ann"));
        foreach (var key in Database.ByNameDefinition.KeysOf(Member(9, "ghost"), null)) await _tree.PutAsync(key, Database.MembersDefinition.KeyOf(Member(9, "ghost")), null, Token);
        Assert.Single(await ProgramV2.FindAsync(_database, "by-name"));
        Assert.Null(await _database.ByName.GetAsync(new("lobby", "ghost"), Token));
        Assert.Equal("ann", (await _database.ByName.FirstAsync(new() { Reverse = true }, Token))!.Name);
    }

    [Fact]
    public async Task Database_WritingAsAnOlderVersion_IsReadByTheOlderProgram()
    {
        var modest = new Database(_tree, new HyperDatabaseOptions { SchemaVersion = 1, DatabaseVersion = 1 });
        await using var transaction = modest.Transaction();
        await transaction.Members.InsertAsync(Member(1, "ann") with { Motto = "new" }, Token);
        await transaction.FlushAsync(Token);
        Assert.Equal("ann", (await new V1.Database(_tree).Members.GetAsync(new("lobby", ProgramV2.Key(1)), Token))!.Name);
        Assert.Null((await _database.Members.GetAsync(KeyOf(1), Token))!.Motto);
    }

    private static async Task<List<string>> AskAllAsync(Database database)
    {
        List<string> all = [];
        foreach (var name in new[] { "members", "by-name", "by-score", "by-joined", "by-tag", "by-age", "counters", "settings", "cities", "big-cities", "papers", "by-text" }) all.AddRange(await ProgramV2.FindAsync(database, name));
        foreach (var (name, query, ask) in Queries.All) all.AddRange([name, query, .. await ask(database)]);
        return all;
    }

    private static Member Member(int key, string name) => new()
    {
        Room = "lobby",
        Key = ProgramV2.Key(key),
        Name = name,
        Joined = DateTimeOffset.UnixEpoch,
        Score = key,
        Tags = ["red"],
    };

    private static MembersKey KeyOf(int key) => new("lobby", ProgramV2.Key(key));

    private async Task InsertAsync(Member member)
    {
        await using var transaction = _database.Transaction();
        await transaction.Members.InsertAsync(member, Token);
        await transaction.FlushAsync(Token);
    }
}
