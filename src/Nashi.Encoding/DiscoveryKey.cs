namespace Nashi.Encoding;

/// <summary>What a core is announced under: a keyed hash of its key, which reveals nothing of it.</summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct DiscoveryKey(Bytes32 Value) : IId32<DiscoveryKey>
{
    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public DiscoveryKey(ReadOnlySpan<byte> bytes)
        : this(new Bytes32(bytes))
    {
    }

    /// <inheritdoc />
    static DiscoveryKey IId32<DiscoveryKey>.FromBytes(Bytes32 value) => new(value);

    /// <summary>The id in z-base-32.</summary>
    public override string ToString() => Value.ToString();
}
