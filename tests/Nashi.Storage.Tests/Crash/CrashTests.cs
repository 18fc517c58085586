using System.Diagnostics;
using System.Globalization;
using Nashi.Encoding;
using Nashi.Storage.Kv;
using Nashi.TestKit;

namespace Nashi.Storage.Tests.Crash;

/// <summary>What was acknowledged survives the writer being killed.</summary>
public sealed class CrashTests
{
    private const string FolderVariable = "NASHI_CRASH_FOLDER";
    private const int Writers = 4;

    [Fact]
    public async Task CommitAsync_WriterKilled_KeepsEverythingAcknowledged()
    {
        using var folder = new TempFolder();
        var acknowledged = new ulong[Writers];
        for (var round = 0; round < 4; round++)
        {
            await RunAndKillAsync(folder["s"], acknowledged, killAfter: 20 + (round * 60));
            await AssertKeptAsync(folder["s"], acknowledged);
        }
    }

    /// <summary>The writer that is killed; only run by the test above, in a process of its own.</summary>
    [Fact(Explicit = true)]
    public async Task Writer_InAnotherProcess_CommitsForEver()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (folder is null) return;
        await using var store = await CorestoreStorage.OpenAsync(folder);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(store, writer))));
    }

    private static async Task WriteAsync(CorestoreStorage store, int writer)
    {
        var core = store.CreateCore(new CoreAuth(new CoreKey(Id(writer)), new DiscoveryKey(Id(writer))), new CoreAlias($"w{writer}", default));
        var batch = core.CreateBatch();
        for (var at = core.ReadHead()?.Length ?? 0; ; at++)
        {
            batch.PutBlock(at, Block(writer, at));
            batch.PutTreeNode(at * 2, (ulong)Block(writer, at).Length, Id(writer));
            batch.SetHead(new CoreHead(0, at + 1, Id(writer), new byte[64]));
            await core.CommitAsync(batch, Durability.Synced);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ack {writer} {at + 1}"));
        }
    }

    private static async Task RunAndKillAsync(string folder, ulong[] acknowledged, int killAfter)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in new[] { "-noColor", "-explicit", "only", "-method", $"*{nameof(Writer_InAnotherProcess_CommitsForEver)}" }) info.ArgumentList.Add(argument);
        info.Environment[FolderVariable] = folder;
        using var writer = Process.Start(info)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var seen = 0;
        while (await writer.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Split(' ') is not ["ack", var who, var length]) continue;
            acknowledged[int.Parse(who, CultureInfo.InvariantCulture)] = ulong.Parse(length, CultureInfo.InvariantCulture);
            if (++seen == killAfter) writer.Kill();
        }

        Assert.True(seen >= killAfter, $"The writer ended by itself after {seen} commits.");
        await writer.WaitForExitAsync(patience.Token);
    }

    private static async Task AssertKeptAsync(string folder, ulong[] acknowledged)
    {
        await using var store = await CorestoreStorage.OpenAsync(folder);
        for (var writer = 0; writer < Writers; writer++)
        {
            if (acknowledged[writer] == 0) continue;
            var core = store.TryOpenCore(store.FindAlias(new CoreAlias($"w{writer}", default))!.Value)!;
            var length = core.ReadHead()!.Value.Length;
            Assert.True(length >= acknowledged[writer], $"writer {writer}: {acknowledged[writer]} acknowledged, {length} kept");
            for (ulong at = 0; at < length; at++)
            {
                Assert.Equal(Block(writer, at), core.ReadBlock(at));
                Assert.True(core.TryReadTreeNode(at * 2, out _, out _));
            }

            Assert.False(core.HasBlock(length));
        }
    }

    private static byte[] Block(int writer, ulong at) => System.Text.Encoding.UTF8.GetBytes($"{writer}:{at}:".PadRight(at % 10 == 0 ? 9000 : 90, 'x'));

    private static Bytes32 Id(int writer) => new([.. Enumerable.Repeat((byte)(writer + 1), Bytes32.Size)]);
}
