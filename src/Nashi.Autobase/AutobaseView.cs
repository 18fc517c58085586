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
    private readonly Func<bool> _isApplying;
    private ulong _cuts;

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

    /// <inheritdoc/>
    public void Prefetch(IReadOnlyList<ulong> indexes)
    {
    }

    internal async ValueTask TruncateAsync(ulong length)
    {
        if (length == Length) return;
        await Branch.TruncateAsync(new CoreTruncateOptions { Length = length, Fork = Branch.Fork }).ConfigureAwait(false);
        _cuts++;
        Changed?.Invoke();
    }

    /// <summary>Puts the view on a core.</summary>
    internal void Attach(Core core, Core branch)
    {
        (Core, Branch, SystemKey) = (core, branch, core.Key);
        _cuts++;
        Changed?.Invoke();
    }

    internal async ValueTask DetachAsync()
    {
        if (Branch is not null) await Branch.DisposeAsync().ConfigureAwait(false);
        if (Core is not null) await Core.DisposeAsync().ConfigureAwait(false);
    }
}
