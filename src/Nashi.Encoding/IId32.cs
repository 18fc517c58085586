namespace Nashi.Encoding;

/// <summary>A typed 32-byte id: a key, hash or topic that must not be mistaken for another kind.</summary>
/// <typeparam name="TSelf">The id type itself.</typeparam>
public interface IId32<TSelf>
    where TSelf : struct, IId32<TSelf>
{
    /// <summary>The bytes.</summary>
    Bytes32 Value { get; }

    /// <summary>Wraps 32 bytes.</summary>
    static abstract TSelf FromBytes(Bytes32 value);
}
