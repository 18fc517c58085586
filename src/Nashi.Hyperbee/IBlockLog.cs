using System.Diagnostics.CodeAnalysis;

namespace Nashi.Hyperbee;

/// <summary>The append-only log a tree lives on: what a <see cref="Hyperbee"/> needs of a core. A view core of a linearizer is one too.</summary>
public interface IBlockLog
{
    /// <summary>How many blocks the log has.</summary>
    ulong Length { get; }

    /// <summary>Goes up with every truncation.</summary>
    ulong Fork { get; }

    /// <summary>Whether this process may append.</summary>
    bool IsWritable { get; }

    /// <summary>Reads a block that is on this machine. Never waits.</summary>
    bool TryGet(ulong index, [NotNullWhen(true)] out byte[]? block);

    /// <summary>Whether a block is on this machine.</summary>
    bool Has(ulong index) => TryGet(index, out _);

    /// <summary>Reads a block, from peers when it is not here and <paramref name="wait"/> allows it; <see langword="null"/> when it cannot be had.</summary>
    ValueTask<byte[]?> GetAsync(ulong index, bool wait, CancellationToken cancellationToken);

    /// <summary>Appends blocks as one unit.</summary>
    ValueTask AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CancellationToken cancellationToken);

    /// <summary>Asks for blocks that will be read soon. A hint: may do nothing.</summary>
    void Prefetch(IReadOnlyList<ulong> indexes);

    /// <summary>Raised after the log grew or was cut.</summary>
    event Action? Changed;
}
