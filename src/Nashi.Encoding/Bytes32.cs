using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nashi.Encoding;

/// <summary>Thirty-two bytes by value: the shape of every key, hash and topic.</summary>
/// <remarks>
/// Equality takes constant time, so it may be used on secrets. The hash code is the first four bytes: callers whose keys are chosen by strangers and
/// not hashes themselves should not rely on it spreading. Thread-safe: immutable once made.
/// </remarks>
[InlineArray(Size)]
public struct Bytes32 : IEquatable<Bytes32>, IComparable<Bytes32>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private byte _first;

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public Bytes32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"Expected {Size} bytes, got {bytes.Length}.", nameof(bytes));
        bytes.CopyTo(this);
    }

    /// <summary>Whether all bytes are zero.</summary>
    public readonly bool IsZero => this == default;

    /// <summary>The bytes, valid for as long as this value lives.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AsRef(in _first), Size);

    /// <summary>A new array with the bytes.</summary>
    public readonly byte[] ToArray() => AsSpan().ToArray();

    /// <inheritdoc />
    public readonly bool Equals(Bytes32 other)
    {
        var a = MemoryMarshal.Cast<byte, ulong>(AsSpan());
        var b = MemoryMarshal.Cast<byte, ulong>(other.AsSpan());
        return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3])) == 0;
    }

    /// <inheritdoc />
    public override readonly bool Equals(object? obj) => obj is Bytes32 other && Equals(other);

    /// <inheritdoc />
    public override readonly int GetHashCode() => MemoryMarshal.Read<int>(AsSpan());

    /// <summary>Byte-wise order, as <c>memcmp</c>.</summary>
    public readonly int CompareTo(Bytes32 other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <summary>The bytes in z-base-32 (52 characters).</summary>
    public override readonly string ToString() => ZBase32.Encode(AsSpan());

    /// <summary>Whether two values hold the same bytes; constant time.</summary>
    public static bool operator ==(Bytes32 left, Bytes32 right) => left.Equals(right);

    /// <summary>Whether two values differ; constant time.</summary>
    public static bool operator !=(Bytes32 left, Bytes32 right) => !left.Equals(right);

    /// <summary>Whether one value sorts before another, byte-wise.</summary>
    public static bool operator <(Bytes32 left, Bytes32 right) => left.CompareTo(right) < 0;

    /// <summary>Whether one value sorts after another, byte-wise.</summary>
    public static bool operator >(Bytes32 left, Bytes32 right) => left.CompareTo(right) > 0;

    /// <summary>Whether one value does not sort after another, byte-wise.</summary>
    public static bool operator <=(Bytes32 left, Bytes32 right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one value does not sort before another, byte-wise.</summary>
    public static bool operator >=(Bytes32 left, Bytes32 right) => left.CompareTo(right) >= 0;
}
