namespace Nashi.Encoding;

/// <summary>The key of a hypercore: the hash of its manifest, or its public key for a compat core.</summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct CoreKey(Bytes32 Value) : IId32<CoreKey>
{
    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public CoreKey(ReadOnlySpan<byte> bytes)
        : this(new Bytes32(bytes))
    {
    }

    /// <inheritdoc />
    static CoreKey IId32<CoreKey>.FromBytes(Bytes32 value) => new(value);

    /// <summary>The id in z-base-32.</summary>
    public override string ToString() => Value.ToString();
}
