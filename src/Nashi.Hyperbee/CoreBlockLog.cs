using System.Diagnostics.CodeAnalysis;
using Nashi.Hypercore;

namespace Nashi.Hyperbee;

/// <summary>A core as the log of a tree.</summary>
public sealed class CoreBlockLog : IBlockLog
{
    // So many blocks are asked for ahead of need at one time: the nodes of a range, not the whole tree.
    private const int MaxPrefetch = 512;

    private static readonly CoreGetOptions Here = new() { Wait = false };
    private int _prefetching;

    /// <summary>Wraps a core; who owns the core disposes it.</summary>
    public CoreBlockLog(Core core)
    {
        Core = core;
        core.Changed += OnChanged;
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

    private async Task PrefetchAsync(ulong index)
    {
        Interlocked.Increment(ref _prefetching);
        try
        {
            await Core.GetAsync(index).ConfigureAwait(false);
        }
        catch (NashiException)
        {
            // Whoever needs the block asks again and hears why.
        }
        finally
        {
            Interlocked.Decrement(ref _prefetching);
        }
    }

    private void OnChanged(CoreChange change)
    {
        if (change.Kind is CoreChangeKind.Appended or CoreChangeKind.Truncated) Changed?.Invoke();
    }
}
