using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.Hypercore;

namespace Nashi.Autobase;

/// <summary>A log that follows from what the writers wrote: appended to while values are applied, the same on every peer, read at any time.</summary>
/// <remarks>
/// Its beginning is signed by the indexers and does not change any more; the rest may be cut and written anew when the order of the writers' nodes changes. A
/// <see cref="Hyperbee.Hyperbee"/> can live on it. What is appended must follow from the values and from views alone: no clock, no chance, nothing of this machine.
/// </remarks>
public sealed class AutobaseView : IBlockLog
{
    // So many blocks are asked for ahead of need at one time.
    private const int PrefetchMax = 512;

    private readonly Func<bool> _isApplying;
    private ulong _cuts;
    private int _prefetching;

    internal AutobaseView(string name, Func<bool> isApplying) => (Name, _isApplying) = (name, isApplying);

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>The name it was opened by.</summary>
    public string Name { get; }

    /// <summary>The core that carries it now. A change of indexers gives it another.</summary>
    public CoreKey Key => Core.Key;

    /// <inheritdoc/>
    public ulong Length => Branch.Length;

    /// <summary>How many of its blocks are signed by the indexers.</summary>
    public ulong SignedLength => Core.Length;

    /// <inheritdoc/>
    public ulong Fork => _cuts;

    /// <inheritdoc/>
    public bool IsWritable => _isApplying();

    /// <summary>Raised when the signed core grew.</summary>
    internal event Action? Signed;

    /// <summary>The signed core.</summary>
    internal Core Core { get; private set; } = null!;

    /// <summary>The signed core and what is not signed yet.</summary>
    internal Core Branch { get; private set; } = null!;

    /// <summary>The key that the system names: that of the next core, once the indexers changed.</summary>
    internal CoreKey SystemKey { get; set; }

    /// <summary>The place among the system's views; −1 until it has a block.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>The tree hash as it is now.</summary>
    public Bytes32 TreeHash => Branch.TreeHash;

    /// <inheritdoc/>
    public bool TryGet(ulong index, [NotNullWhen(true)] out byte[]? block) => Branch.TryGet(index, out block!);

    /// <inheritdoc/>
    public async ValueTask<byte[]?> GetAsync(ulong index, bool wait, CancellationToken cancellationToken)
    {
        if (Branch.TryGet(index, out var block)) return block;
        if (!wait || index >= Length) return null;
        return await Branch.GetAsync(index, new CoreGetOptions { Wait = true }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Outside of applying.</exception>
    public async ValueTask AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CancellationToken cancellationToken)
    {
        if (!IsWritable) throw new InvalidOperationException($"The view '{Name}' can be appended to only while values are applied.");
        await Branch.AppendAsync(blocks, cancellationToken).ConfigureAwait(false);
        Changed?.Invoke();
    }

    /// <summary>Appends one block.</summary>
    public ValueTask AppendAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken = default) => AppendAsync([block], cancellationToken);

    /// <summary>Starts downloading signed blocks that are not here, as after a fast-forward. Without an end, follows the view's present core as it grows.</summary>
    public CoreDownload Download(ulong start = 0, ulong? end = null) => Core.Download(start, end);

    /// <inheritdoc/>
    public void Prefetch(IReadOnlyList<ulong> indexes)
    {
        foreach (var index in indexes)
        {
            if (index >= Core.Length || Branch.Has(index) || Volatile.Read(ref _prefetching) >= PrefetchMax) continue;
            Interlocked.Increment(ref _prefetching);
            _ = PrefetchAsync(index);
        }
    }

    private async Task PrefetchAsync(ulong index)
    {
        try
        {
            await Core.GetAsync(index, new CoreGetOptions { Raw = true }).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NashiException or ObjectDisposedException or OperationCanceledException)
        {
            // Whoever needs the block asks again and hears why.
        }
        finally
        {
            Interlocked.Decrement(ref _prefetching);
        }
    }

    internal async ValueTask TruncateAsync(ulong length)
    {
        if (length == Length) return;
        await Branch.TruncateAsync(new CoreTruncateOptions { Length = length, Fork = Branch.Fork }).ConfigureAwait(false);
        _cuts++;
        Changed?.Invoke();
    }

    /// <summary>Puts the view on what is signed, at a length.</summary>
    internal async ValueTask CatchUpAsync(ulong length)
    {
        await Branch.CatchUpAsync(length).ConfigureAwait(false);
        SystemKey = Core.Key;
        _cuts++;
        Changed?.Invoke();
    }

    /// <summary>Puts the view on a core.</summary>
    internal void Attach(Core core, Core branch)
    {
        if (Core is { } before) before.Changed -= OnCoreChanged;
        core.Changed += OnCoreChanged;
        (Core, Branch, SystemKey) = (core, branch, core.Key);
        _cuts++;
        Changed?.Invoke();
    }

    private void OnCoreChanged(CoreChange change)
    {
        if (change.Kind == CoreChangeKind.Appended) Signed?.Invoke();
    }

    internal async ValueTask DetachAsync()
    {
        if (Branch is not null) await Branch.DisposeAsync().ConfigureAwait(false);
        if (Core is not null) await Core.DisposeAsync().ConfigureAwait(false);
    }
}
