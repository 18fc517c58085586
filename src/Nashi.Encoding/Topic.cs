namespace Nashi.Encoding;

/// <summary>What peers meet under: any 32 bytes.</summary>
/// <param name="Value">The 32 bytes.</param>
public readonly record struct Topic(Bytes32 Value) : IId32<Topic>
{
    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public Topic(ReadOnlySpan<byte> bytes)
        : this(new Bytes32(bytes))
    {
    }

    /// <inheritdoc />
    static Topic IId32<Topic>.FromBytes(Bytes32 value) => new(value);

    /// <summary>The id in z-base-32.</summary>
    public override string ToString() => Value.ToString();
}
