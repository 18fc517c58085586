using System.Diagnostics.CodeAnalysis;
using Nashi.Hyperbee.Hints;
using Nashi.Hyperbee.Tree;
using Nashi.Hypercore;

namespace Nashi.Hyperbee;

/// <summary>A core as the log of a tree.</summary>
public sealed class CoreBlockLog : IBlockLog, IHintedLog
{
    // So many blocks are asked for ahead of need at one time: the nodes of a range, not the whole tree.
    private const int MaxPrefetch = 512;

    // Of what peers named in answer to hints.
    private const int MaxBringing = 4096;

    private static readonly CoreGetOptions Here = new() { Wait = false };

    // Who named a block may not have it, nor anybody else.
    private static readonly CoreGetOptions Named = new() { Timeout = TimeSpan.FromSeconds(30) };

    private readonly BeeHints? _hints;
    private int _prefetching;
    private int _bringing;

    /// <summary>Wraps a core; who owns the core disposes it.</summary>
    public CoreBlockLog(Core core)
    {
        Core = core;
        core.Changed += OnChanged;
        _hints = BeeHints.For(this);
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>The core.</summary>
    public Core Core { get; }

    /// <inheritdoc/>
    public ulong Length => Core.Length;

    /// <inheritdoc/>
    public ulong Fork => Core.Fork;

    /// <inheritdoc/>
    public bool IsWritable => Core.IsWritable;

    /// <inheritdoc/>
    public bool TryGet(ulong index, [NotNullWhen(true)] out byte[]? block) => Core.TryGet(index, out block);

    /// <inheritdoc/>
    public bool Has(ulong index) => Core.Has(index);

    /// <inheritdoc/>
    public async ValueTask<byte[]?> GetAsync(ulong index, bool wait, CancellationToken cancellationToken)
    {
        try
        {
            return await Core.GetAsync(index, wait ? null : Here, cancellationToken).ConfigureAwait(false);
        }
        catch (BlockNotAvailableException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CancellationToken cancellationToken)
        => await Core.AppendAsync(blocks, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Prefetch(IReadOnlyList<ulong> indexes)
    {
        foreach (var index in indexes)
        {
            if (index >= Length || Volatile.Read(ref _prefetching) >= MaxPrefetch) continue;
            _ = PrefetchAsync(index);
        }
    }

    void IHintedLog.HintKey(ulong version, ReadOnlySpan<byte> key)
    {
        if (!Core.IsEncrypted) _hints?.AskForKey(version, key);
    }

    void IHintedLog.HintRange(ulong version, in KeyBounds bounds, ulong limit, bool reverse)
    {
        if (!Core.IsEncrypted) _hints?.AskForRange(version, bounds, limit, reverse);
    }

    /// <summary>Downloads a block that a peer named; false when too many are on their way.</summary>
    internal bool TryBring(ulong index)
    {
        if (Volatile.Read(ref _bringing) >= MaxBringing) return false;
        _ = BringAsync(index);
        return true;
    }

    private async Task BringAsync(ulong index)
    {
        Interlocked.Increment(ref _bringing);
        await LoadAsync(index, Named).ConfigureAwait(false);
        Interlocked.Decrement(ref _bringing);
    }

    private async Task PrefetchAsync(ulong index)
    {
        Interlocked.Increment(ref _prefetching);
        await LoadAsync(index).ConfigureAwait(false);
        Interlocked.Decrement(ref _prefetching);
    }

    private async Task LoadAsync(ulong index, CoreGetOptions? options = null)
    {
        try
        {
            await Core.GetAsync(index, options).ConfigureAwait(false);
        }
        catch (NashiException)
        {
            // Whoever needs the block asks again and hears why.
        }
    }

    private void OnChanged(CoreChange change)
    {
        if (change.Kind is CoreChangeKind.Appended or CoreChangeKind.Truncated) Changed?.Invoke();
    }
}
