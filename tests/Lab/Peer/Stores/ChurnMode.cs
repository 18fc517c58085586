using System.Buffers.Binary;
using System.Security.Cryptography;
using Nashi.Hypercore;

namespace Nashi.LabPeer.Stores;

/// <summary>
/// <c>churn --dir D [--seed N] [--check 1]</c>: appends, cuts and clears until killed; "try" before and "ack" after each step, with the length and fork it leads to.
/// With <c>--check</c>: tells what is there and what of it is wrong.
/// </summary>
internal static class ChurnMode
{
    // Only of each 16 the first 4 are ever cleared: all others must be there.
    private const ulong Stride = 16;
    private const ulong Cleared = 4;

    private static readonly CoreGetOptions Here = new() { Wait = false };

    public static Task<int> RunAsync(PeerRun run) => run.Number("check", 0) != 0 ? CheckAsync(run) : WorkAsync(run);

    private static async Task<int> WorkAsync(PeerRun run)
    {
        await using var store = await LabStore.OpenAsync(run);
        var core = store.Core;
        var random = new Random((int)run.Number("seed", 1));
        run.Events.Emit("open", ("length", core.Length), ("fork", core.Fork));
        while (!run.Ended.IsCancellationRequested)
        {
            var (length, fork) = (core.Length, core.Fork);
            switch (random.Next(10))
            {
                case 0 when length > 8:
                    var shorter = length - 1 - (ulong)random.Next(6);
                    run.Events.Emit("try", ("length", shorter), ("fork", fork + 1));
                    await core.TruncateAsync(shorter, null, run.Ended);
                    break;
                case 1 when length > Stride:
                    var start = (ulong)random.NextInt64((long)(length / Stride)) * Stride;
                    run.Events.Emit("try", ("length", length), ("fork", fork));
                    await core.ClearAsync(start, start + Cleared, run.Ended);
                    break;
                default:
                    var blocks = Enumerable.Range(0, random.Next(1, 6)).Select(i => Block(fork, length + (ulong)i)).ToArray();
                    run.Events.Emit("try", ("length", length + (ulong)blocks.Length), ("fork", fork));
                    await core.AppendAsync(blocks, run.Ended);
                    break;
            }

            run.Events.Emit("ack", ("length", core.Length), ("fork", core.Fork));
        }

        return 0;
    }

    private static async Task<int> CheckAsync(PeerRun run)
    {
        await using var store = await LabStore.OpenAsync(run);
        var core = store.Core;
        var openMs = run.Events.Milliseconds;
        var bad = new List<string>();
        for (ulong i = 0; i < core.Length; i++)
        {
            if (!core.Has(i) && i % Stride < Cleared) continue;
            try
            {
                var block = await core.GetAsync(i, Here, run.Ended);
                var fork = block.Length < 16 ? ulong.MaxValue : BinaryPrimitives.ReadUInt64LittleEndian(block);
                if (fork > core.Fork || !Block(fork, i).Span.SequenceEqual(block)) bad.Add($"{i}: content");
            }
            catch (NashiException error)
            {
                bad.Add($"{i}: {error.Message}");
            }
        }

        var length = core.Length;
        run.Events.Emit("verified", ("openMs", openMs), ("length", length), ("fork", core.Fork), ("badCount", bad.Count), ("bad", bad.Take(20).ToArray()));
        if (run.Number("append", 1) != 0) await core.AppendAsync(Block(core.Fork, length), run.Ended);
        run.Events.Emit("appended", ("length", core.Length));
        return 0;
    }

    private static ReadOnlyMemory<byte> Block(ulong fork, ulong index)
    {
        var head = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(head, fork);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(8), index);
        var block = new byte[16 + (int)(index * 2654435761 % 6000)];
        head.CopyTo(block, 0);
        var hash = SHA256.HashData(head);
        for (var at = 16; at < block.Length; at += hash.Length) hash.AsSpan(0, Math.Min(hash.Length, block.Length - at)).CopyTo(block.AsSpan(at));
        return block;
    }
}
