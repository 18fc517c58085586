using Nashi.Hyperbee2.Blocks;

namespace Nashi.Hyperbee2.Tree;

/// <summary>Reads writes backwards, from version to version.</summary>
internal sealed class HistoryReader(TreeReader reader)
{
    // No honest write is so large; a stranger's block may claim any number.
    private const ulong MaxBlocks = 1 << 20;

    // Within one core history goes backwards only, or it would go in circles.
    private readonly Dictionary<BeeCore, ulong> _seen = [];

    /// <summary>The write that made a version, and the core of the one before; nothing when the version is an empty tree of the older Hyperbee.</summary>
    public async ValueTask<(Bee2Change Change, BeeCore? Before)?> ReadAsync(BeeCore core, ulong length, CancellationToken cancellationToken)
    {
        var seq = length - 1;
        if (_seen.TryGetValue(core, out var newer) && seq >= newer) throw Hyperbee2Exception.Malformed(core, seq, "the version before is a later one");
        _seen[core] = seq;
        if (length == 1 && await reader.GetRootAsync(core, 1, cancellationToken).ConfigureAwait(false) is null && !reader.TryGetBlock(core, 0, out _)) return null;
        var block = await reader.GetBlockAsync(core, seq, cancellationToken).ConfigureAwait(false);
        if (block.BatchStart > seq || block.BatchStart > MaxBlocks) throw Hyperbee2Exception.Malformed(core, seq, "its write began before the log");
        var puts = new List<Bee2Entry>();
        for (var at = seq - block.BatchStart; at < seq; at++) reader.Want(core, at);
        for (var at = seq - block.BatchStart; at <= seq; at++) await AddAsync(puts, core, at, cancellationToken).ConfigureAwait(false);
        if (block.Previous is not { } previous) return (new Bee2Change(new Bee2Head(core.Key, length), null, puts), null);
        var before = await reader.ResolveAsync(core, seq, block, previous.Core, cancellationToken).ConfigureAwait(false);
        return (new Bee2Change(new Bee2Head(core.Key, length), new Bee2Head(before.Key, previous.Seq + 1), puts), before);
    }

    private async ValueTask AddAsync(List<Bee2Entry> puts, BeeCore core, ulong seq, CancellationToken cancellationToken)
    {
        var block = await reader.GetBlockAsync(core, seq, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < block.Keys?.Length; i++)
        {
            var key = block.Keys[i];
            if (block.Type == BlockType.Compat && IsDeletion(block, seq)) continue;
            puts.Add(await reader.GetEntryAsync(new KeyEntry(new Place(core, seq, i)) { Key = key.Key, Value = key.Value, Location = key.Location }, cancellationToken).ConfigureAwait(false));
        }
    }

    // The older Hyperbee writes a block about a deleted key as well, which no node of the block then refers to.
    private static bool IsDeletion(TreeBlock block, ulong seq)
        => block.Keys![0].Value is null && !block.Cohorts!.Any(cohort => cohort.Any(delta => delta.Pointer is { Core: 0, Offset: 0 } at && at.Seq == seq));
}
