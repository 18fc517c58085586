using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Life;
using Nashi.TestKit;

namespace Nashi.Dht.Tests.Life;

public sealed class NodeMemoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FileNodeCache_SaveThenLoad_GivesTheSameInAPrivateFile()
    {
        using var folder = new TempFolder();
        var cache = new FileNodeCache(Path.Combine(folder.Path, "sub"));
        using var pair = KeyPair.Generate(new SeededRandom(1));
        var node = UdpAddress.FromIPv4(0x01020304, 5);
        await cache.SaveAsync("abc", new NodeMemory([node], [new DhtPeer(pair.PublicKey, [node])]), Token);
        await cache.SaveAsync("abc", new NodeMemory([node], [new DhtPeer(pair.PublicKey, [node])]), Token);
        var loaded = await cache.LoadAsync("abc", Token);
        Assert.Equal([node], loaded!.Nodes);
        Assert.Equal(pair.PublicKey, Assert.Single(loaded.Peers).PublicKey);
        Assert.Null(await cache.LoadAsync("other", Token));
        var file = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "sub")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await Assert.ThrowsAsync<ArgumentException>(async () => await cache.LoadAsync("../x", Token));
    }

    [Fact]
    public void Text_OfAnotherFormatOrDamaged_IsRefusedOrSkipped()
    {
        Assert.Null(NodeMemoryText.TryParse("something else\nnode 1.2.3.4:5\n"));
        var memory = NodeMemoryText.TryParse("nashi nodes 1\nnode 1.2.3.4:0\nnode x\npeer 00 1.2.3.4:5\nnode 1.2.3.4:5\n");
        Assert.Equal([UdpAddress.FromIPv4(0x01020304, 5)], memory!.Nodes);
        Assert.Empty(memory.Peers);
    }

    [Fact]
    public void Format_OfTooMuch_IsBounded()
    {
        var memory = new NodeMemory([.. Enumerable.Range(1, 1000).Select(port => UdpAddress.FromIPv4(0x01020304, port))], []);
        Assert.Equal(NodeMemory.MaxNodes, NodeMemoryText.TryParse(NodeMemoryText.Format(memory))!.Nodes.Count);
    }
}
