using Nashi.Cryptography;

namespace Nashi.Hypercore.Tests.Replication.Simulated;

/// <summary>Real engines and cores in virtual time, on connections that lose, reorder, damage and break.</summary>
public sealed class ReplicationSimulationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(4);

    [Theory]
    [InlineData(1UL)]
    [InlineData(51UL)]
    [InlineData(101UL)]
    [InlineData(151UL)]
    public async Task Engines_BadConnections_BringAllThatIsWantedAndNothingElse(ulong first)
    {
        for (var seed = first; seed < first + 50; seed++) await RunAsync(seed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Download_OfHigherPriority_IsAskedForFirst(bool linear)
    {
        var world = new SimWorld(7);
        var writer = new SimNode(world, null, new CoreOptions { KeyPair = KeyPair.Generate(world.Random), Durability = Storage.Kv.Durability.Buffered });
        var reader = new SimNode(world, writer.Core.Key, new CoreOptions { Durability = Storage.Kv.Durability.Buffered });
        await AppendAsync(world, writer, 3000);
        Reconnect(world, writer, reader, new SimLinkOptions(TimeSpan.FromMilliseconds(20), TimeSpan.Zero, 0, 0));
        reader.WantRange(0, 2000, linear);
        Assert.True(await world.RunAsync(() => reader.Core.CountHeld() > 100, Limit));
        var before = reader.Requested.Count;
        reader.WantRange(2500, 2600, linear, priority: -1);
        reader.WantRange(2000, 2200, linear, priority: 1);
        Assert.True(await world.RunAsync(() => reader.Core.CountHeld() == 2300, Limit));
        Assert.Equal(200, reader.Requested.Skip(before).Take(200).Count(block => block is >= 2000 and < 2200));
        Assert.True(reader.Requested.FindIndex(block => block >= 2500) > reader.Requested.FindLastIndex(block => block < 2000));
    }

    private static async Task RunAsync(ulong seed)
    {
        var world = new SimWorld(seed);
        var writer = new SimNode(world, null, new CoreOptions { KeyPair = KeyPair.Generate(world.Random), Durability = Storage.Kv.Durability.Buffered });
        var reader = new SimNode(world, writer.Core.Key, new CoreOptions { Durability = Storage.Kv.Durability.Buffered });
        var options = new SimLinkOptions(
            TimeSpan.FromMilliseconds(world.Below(150)),
            TimeSpan.FromMilliseconds(world.Below(300)),
            world.Chance(0.3) ? 0 : world.Below(25) / 100.0,
            world.Chance(0.5) ? 0 : world.Below(10) / 100.0);
        await AppendAsync(world, writer, world.Below(200));
        Reconnect(world, writer, reader, options);
        if (world.Chance(0.5)) Break(world, reader);
        var last = Write(world, writer);
        Want(world, reader, 600);
        var isDone = await world.RunAsync(() => last() && IsComplete(writer, reader), Limit);
        Assert.True(isDone, $"seed {seed}: after {world.Now} the reader has {reader.Core.CountHeld()} blocks of {reader.Core.Length}, fork {reader.Core.Fork}; the writer {writer.Core.Length}, fork {writer.Core.Fork}");
        Assert.True(reader.Faults.Count == 0 && writer.Faults.Count == 0, $"seed {seed}: {string.Join("; ", reader.Faults.Concat(writer.Faults))}");
        Assert.True(options.Corruption > 0 || reader.Expelled + writer.Expelled == 0, $"seed {seed}: an honest peer was sent away");
        await CompareAsync(writer, reader, seed);
    }

    private static void Reconnect(SimWorld world, SimNode a, SimNode b, SimLinkOptions options)
    {
        SimEnd? now = null;
        b.Closed = end =>
        {
            if (end == now!.Other) world.After(TimeSpan.FromMilliseconds(100) + world.Within(TimeSpan.FromSeconds(3)), Connect);
        };
        Connect();

        void Connect() => now = SimEnd.Connect(world, a, b, options);
    }

    // Now and then the connection is gone.
    private static void Break(SimWorld world, SimNode node) => world.After(world.Within(TimeSpan.FromSeconds(20)), () =>
    {
        if (node.Engine.Peers is [var peer, ..]) ((SimEnd)peer.Owner).Close();
        if (world.Now < Instant.Zero + TimeSpan.FromMinutes(2)) Break(world, node);
    });

    /// <summary>The writer appends, and sometimes cuts, while others read.</summary>
    private static Func<bool> Write(SimWorld world, SimNode writer)
    {
        var left = 1 + world.Below(12);
        Next();
        return () => left == 0;

        void Next() => world.After(world.Within(TimeSpan.FromSeconds(5)), async () =>
        {
            if (writer.Core.Length > 10 && world.Chance(0.15)) await writer.Core.TruncateAsync(new CoreTruncateOptions { Length = writer.Core.Length - (ulong)world.Below(10) });
            await AppendAsync(world, writer, 1 + world.Below(40));
            writer.Flush();
            if (--left > 0) Next();
        });
    }

    private static async Task AppendAsync(SimWorld world, SimNode writer, int count)
    {
        var blocks = new List<ReadOnlyMemory<byte>>();
        for (var i = 0; i < count; i++)
        {
            var block = new byte[world.Below(200)];
            world.Random.Fill(block);
            blocks.Add(block);
        }

        if (count > 0) _ = await writer.Core.AppendAsync(blocks);
    }

    private static void Want(SimWorld world, SimNode reader, int among)
    {
        for (var i = 1 + world.Below(30); i > 0; i--)
        {
            var block = (ulong)world.Below(among);
            world.After(world.Within(TimeSpan.FromSeconds(20)), () => reader.WantBlock(block));
        }

        for (var i = world.Below(4); i > 0; i--)
        {
            var (start, linear) = ((ulong)world.Below(among), world.Chance(0.5));
            var end = start + 1 + (ulong)world.Below(100);
            world.After(world.Within(TimeSpan.FromSeconds(20)), () => reader.WantRange(start, end, linear));
        }
    }

    private static bool IsComplete(SimNode writer, SimNode reader)
    {
        if (reader.Core.Length != writer.Core.Length || reader.Core.Fork != writer.Core.Fork) return false;
        for (var block = 0UL; block < writer.Core.Length; block++)
        {
            if (reader.IsWanted(block) && !reader.State.Has(block)) return false;
        }

        return true;
    }

    private static async Task CompareAsync(SimNode writer, SimNode reader, ulong seed)
    {
        for (var block = 0UL; block < reader.Core.Length; block++)
        {
            if (!reader.State.Has(block)) continue;
            Assert.True(reader.IsWanted(block), $"seed {seed}: block {block} was stored, and nobody wants it");
            var (ours, theirs) = (await reader.Core.GetAsync(block), await writer.Core.GetAsync(block));
            Assert.True(ours.AsSpan().SequenceEqual(theirs), $"seed {seed}: block {block} is another");
        }

        Assert.True(reader.State.Tip == writer.State.Tip, $"seed {seed}: the trees differ");
    }
}
