using System.Diagnostics.CodeAnalysis;

namespace Nashi.Chat.Profiles;

/// <summary>Small secrets by name, encrypted at rest. What was put is durable when the call returns, and a batch is there as a whole or not at all.</summary>
/// <remarks>Thread-safe.</remarks>
public interface ISecretStore
{
    /// <summary>The names that are there, in ordinal order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>A copy of one secret; the caller wipes it.</summary>
    bool TryGet(string name, [NotNullWhen(true)] out byte[]? value);

    /// <summary>Puts one secret, in the place of an earlier one.</summary>
    ValueTask PutAsync(string name, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>Puts several at once; null removes.</summary>
    ValueTask PutAsync(IReadOnlyDictionary<string, byte[]?> changes, CancellationToken cancellationToken = default);
}
