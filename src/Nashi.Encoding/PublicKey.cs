namespace Nashi.Encoding;

/// <summary>An Ed25519 public key: who a peer is.</summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct PublicKey(Bytes32 Value) : IId32<PublicKey>
{
    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public PublicKey(ReadOnlySpan<byte> bytes)
        : this(new Bytes32(bytes))
    {
    }

    /// <inheritdoc />
    static PublicKey IId32<PublicKey>.FromBytes(Bytes32 value) => new(value);

    /// <summary>The id in z-base-32.</summary>
    public override string ToString() => Value.ToString();
}
