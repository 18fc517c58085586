using System.Diagnostics.CodeAnalysis;

namespace Nashi.Hyperbee;

/// <summary>A log in memory: for tests, and for trees that need not outlive the process.</summary>
public sealed class MemoryBlockLog : IBlockLog
{
    private readonly List<byte[]> _blocks = [];
    private readonly Lock _gate = new();
    private ulong _fork;

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public ulong Length
    {
        get
        {
            lock (_gate) return (ulong)_blocks.Count;
        }
    }

    /// <inheritdoc/>
    public ulong Fork => Volatile.Read(ref _fork);

    /// <inheritdoc/>
    public bool IsWritable => true;

    /// <inheritdoc/>
    public bool TryGet(ulong index, [NotNullWhen(true)] out byte[]? block)
    {
        lock (_gate)
        {
            block = index < (ulong)_blocks.Count ? _blocks[(int)index] : null;
            return block is not null;
        }
    }

    /// <inheritdoc/>
    public bool Has(ulong index) => index < Length;

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetAsync(ulong index, bool wait, CancellationToken cancellationToken)
        => ValueTask.FromResult(TryGet(index, out var block) ? block : null);

    /// <inheritdoc/>
    public ValueTask AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var block in blocks) _blocks.Add(block.ToArray());
        }

        Changed?.Invoke();
        return ValueTask.CompletedTask;
    }

    /// <summary>Cuts the log to a shorter length and starts a new fork.</summary>
    public void Truncate(ulong length)
    {
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, (ulong)_blocks.Count);
            _blocks.RemoveRange((int)length, _blocks.Count - (int)length);
            _fork++;
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void Prefetch(IReadOnlyList<ulong> indexes)
    {
        // All there is, is here.
    }
}
