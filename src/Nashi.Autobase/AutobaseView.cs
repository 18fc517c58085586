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

    // What was appended since the last flush: one append to the core costs as much for many blocks as for one.
    private readonly Lock _gate = new();
    private readonly List<ReadOnlyMemory<byte>> _appended = [];
    private long _appendedBytes;
    private Core _branch = null!;

    internal AutobaseView(string name, Func<bool> isApplying) => (Name, _isApplying) = (name, isApplying);

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>The name it was opened by.</summary>
    public string Name { get; }

    /// <summary>The core that carries it now. A change of indexers gives it another.</summary>
    public CoreKey Key => Core.Key;

    /// <inheritdoc/>
    public ulong Length
    {
        get
        {
            lock (_gate) return _branch.Length + (ulong)_appended.Count;
        }
    }

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

    /// <summary>The signed core and what is not signed yet; without what was appended since the last flush.</summary>
    internal Core Branch => _branch;

    /// <summary>The key that the system names: that of the next core, once the indexers changed.</summary>
    internal CoreKey SystemKey { get; set; }

    /// <summary>The place among the system's views; −1 until it has a block.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>The tree hash as it is now.</summary>
    public Bytes32 TreeHash => Branch.TreeHash;

    /// <inheritdoc/>
    public bool TryGet(ulong index, [NotNullWhen(true)] out byte[]? block)
    {
        lock (_gate)
        {
            var first = _branch.Length;
            if (_appended.Count > 0 && index >= first && index - first < (ulong)_appended.Count)
            {
                block = _appended[(int)(index - first)].ToArray();
                return true;
            }
        }

        return Branch.TryGet(index, out block!);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> GetAsync(ulong index, bool wait, CancellationToken cancellationToken)
    {
        if (TryGet(index, out var block)) return block;
        if (!wait || index >= Length) return null;
        return await Branch.GetAsync(index, new CoreGetOptions { Wait = true }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Outside of applying.</exception>
    public ValueTask AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsWritable) throw new InvalidOperationException($"The view '{Name}' can be appended to only while values are applied.");
        foreach (var block in blocks)
        {
            if (block.Length > CoreOptions.MaxBlockSize) throw new ArgumentException($"A block has at most {CoreOptions.MaxBlockSize} bytes.", nameof(blocks));
        }

        lock (_gate)
        {
            foreach (var block in blocks)
            {
                _appended.Add(block.ToArray());
                _appendedBytes += block.Length;
            }
        }

        Changed?.Invoke();
        return default;
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

    /// <summary>Gives the core what was appended.</summary>
    internal async ValueTask FlushAsync(int above = 0)
    {
        ValueTask<ulong> appending;
        lock (_gate)
        {
            if (_appended.Count == 0 || _appendedBytes <= above) return;
            appending = _branch.AppendAsync([.. _appended], CancellationToken.None);
            Forget();
        }

        await appending.ConfigureAwait(false);
    }

    /// <summary>Forgets what was appended since the last flush.</summary>
    internal void Drop()
    {
        lock (_gate) Forget();
    }

    private void Forget()
    {
        _appended.Clear();
        _appendedBytes = 0;
    }

    internal async ValueTask TruncateAsync(ulong length)
    {
        if (length == Length) return;
        await FlushAsync().ConfigureAwait(false);
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
        lock (_gate) (Core, _branch, SystemKey) = (core, branch, core.Key);
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
