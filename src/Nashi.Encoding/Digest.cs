namespace Nashi.Encoding;

/// <summary>A BLAKE2b-256 hash.</summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct Digest(Bytes32 Value) : IId32<Digest>
{
    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public Digest(ReadOnlySpan<byte> bytes)
        : this(new Bytes32(bytes))
    {
    }

    /// <inheritdoc />
    static Digest IId32<Digest>.FromBytes(Bytes32 value) => new(value);

    /// <summary>The id in z-base-32.</summary>
    public override string ToString() => Value.ToString();
}
