using Nashi.Hypercore;

namespace Nashi.LabPeer.Stores;

/// <summary>Compares every block of a core with what it must be.</summary>
internal sealed class LabCheck
{
    private static readonly CoreGetOptions Here = new() { Wait = false };
    private readonly List<string> _bad = [];

    public long Have { get; private set; }

    public long BadCount { get; private set; }

    /// <summary>The first of the bad blocks.</summary>
    public IReadOnlyList<string> Bad => _bad;

    /// <param name="core">The core.</param>
    /// <param name="blocks">What it must hold.</param>
    /// <param name="onlyClaimed">Whether blocks it does not claim to have are passed over.</param>
    public static async Task<LabCheck> RunAsync(Core core, LabBlocks blocks, bool onlyClaimed)
    {
        var check = new LabCheck();
        for (ulong i = 0; i < core.Length; i++)
        {
            if (onlyClaimed && !core.Has(i)) continue;
            check.Have++;
            try
            {
                var block = await core.GetAsync(i, Here);
                if (!blocks[i].Span.SequenceEqual(block)) check.Note(i, "content");
            }
            catch (NashiException error)
            {
                check.Note(i, error.Message);
            }
        }

        return check;
    }

    public static string? TreeHash(Core core) => core.Length == 0 ? null : Convert.ToHexStringLower(core.TreeHash.AsSpan());

    private void Note(ulong index, string error)
    {
        BadCount++;
        if (_bad.Count < 20) _bad.Add($"{index}: {error}");
    }
}
