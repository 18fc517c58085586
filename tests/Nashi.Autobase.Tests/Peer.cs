using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Autobase.Tests;

/// <summary>One peer of a base: a store in memory, the base, and its application.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _links = [];

    private Peer(Corestore store, Autobase autobase, TextHandler handler) => (Store, Base, Handler) = (store, autobase, handler);

    public Corestore Store { get; }

    public Autobase Base { get; }

    public TextHandler Handler { get; }

    public string LocalKey => Convert.ToHexStringLower(Base.LocalKey.ToArray());

    public static Task<Peer> OpenAsync(int number, CoreKey? key = null, AutobaseOptions? options = null, bool optimistic = false) =>
        OpenAsync(Corestore.CreateInMemory(new CorestoreOptions { PrimaryKey = Primary(number) }), key, options, optimistic);

    public static async Task<Peer> OpenAsync(Corestore store, CoreKey? key = null, AutobaseOptions? options = null, bool optimistic = false)
    {
        var handler = new TextHandler { AcceptsOptimistic = optimistic };
        var autobase = await Autobase.OpenAsync(store, key, handler, options ?? new AutobaseOptions { AckInterval = TimeSpan.Zero });
        return new(store, autobase, handler);
    }

    public Task AppendAsync(string text) => Base.AppendAsync(System.Text.Encoding.UTF8.GetBytes(text));

    public Task AppendAsync(params string[] texts) => Base.AppendAsync([.. texts.Select(text => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(text))]);

    /// <summary>Joins two peers by a connection in memory.</summary>
    public void Connect(Peer other)
    {
        var pair = Nashi.SecretStream.MessageStreamPair.CreateInMemory();
        _links.Add(Base.Replicate(pair.Initiator));
        other._links.Add(other.Base.Replicate(pair.Responder));
    }

    /// <summary>Cuts this peer off.</summary>
    public async Task DisconnectAsync()
    {
        foreach (var link in _links) await link.DisposeAsync();
        _links.Clear();
    }

    /// <summary>What must be equal on all peers: keys, lengths and contents of system and views.</summary>
    public string State() => string.Join(' ', new[] { Base.System, Handler.Log, Handler.BeeLog }.Select(view => $"{view.Name} {view.Key} {view.Length} {view.TreeHash}"));

    /// <summary>Whether everything in the views is signed. The system is never quite: the nodes that sign it make it longer.</summary>
    public bool IsSigned => Handler.Log.SignedLength == Handler.Log.Length && Handler.BeeLog.SignedLength == Handler.BeeLog.Length;

    public override string ToString() => $"{LocalKey[..8]} writable {Base.IsWritable} indexer {Base.IsIndexer} indexed {Base.IndexedLength} signed {Base.SignedLength} failure {Base.Failure?.Message}: {State()}";

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        await Base.DisposeAsync();
        await Store.DisposeAsync();
    }

    private static Bytes32 Primary(int number)
    {
        var bytes = new byte[32];
        bytes.AsSpan().Fill((byte)number);
        return new(bytes);
    }
}
