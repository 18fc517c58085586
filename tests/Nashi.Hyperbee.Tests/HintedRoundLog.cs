using Nashi.Hyperbee.Hints;
using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee.Tests;

/// <summary>A far log whose other side answers hints: the blocks it names are known, and asked for, when the round trip of the hint ends.</summary>
internal sealed class HintedRoundLog(MemoryBlockLog far) : RoundLog(far), IHintedLog
{
    private readonly Hyperbee _server = new(far);
    private readonly List<ulong> _named = [];

    public void HintKey(ulong version, ReadOnlySpan<byte> key) => Answer(KeyHint.Encode(version, key));

    public void HintRange(ulong version, in KeyBounds bounds, ulong limit, bool reverse) => Answer(RangeHint.Encode(version, bounds, limit, reverse));

    protected override void EndRound()
    {
        Prefetch([.. _named.Distinct()]);
        _named.Clear();
    }

    private void Answer(byte[] hint)
    {
        Assert.True(HintMessage.TryDecode(hint, out var message));
        var found = new HintedBlocks(blocks => _named.AddRange(blocks), 128, 2048 + 128);
        // All that the server reads is there: it never waits.
        if (message.Get is { } get) Assert.True(_server.TouchKeyAsync(get, found).AsTask().IsCompletedSuccessfully);
        if (message.Range is { } range) Assert.True(_server.TouchRangeAsync(range, found).AsTask().IsCompletedSuccessfully);
        found.Flush();
    }
}
