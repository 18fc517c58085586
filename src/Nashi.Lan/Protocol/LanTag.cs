using System.Buffers.Binary;
using System.Globalization;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Lan.Protocol;

/// <summary>What a target looks like under one instance's salt: the first 12 bytes of a keyed hash. Who does not know the target learns nothing.</summary>
internal readonly record struct LanTag(ulong High, uint Low)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 12;

    /// <summary>Length of a salt.</summary>
    public const int SaltSize = 16;

    private static ReadOnlySpan<byte> Context => "nashi lan tag v1"u8;

    /// <summary>The tag of a target.</summary>
    public static LanTag Of(LanTarget target, ReadOnlySpan<byte> salt)
    {
        Span<byte> input = stackalloc byte[Context.Length + 1 + Bytes32.Size];
        Context.CopyTo(input);
        input[Context.Length] = target.IsPeer ? (byte)1 : (byte)0;
        target.Value.AsSpan().CopyTo(input[(Context.Length + 1)..]);
        return Read(Blake2b.HashKeyed(salt, input).AsSpan());
    }

    /// <summary>Reads a tag's 12 bytes.</summary>
    public static LanTag Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));

    /// <summary>Writes a tag's 12 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Low);
    }

    /// <summary>Reads a label of 24 hexadecimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> label, out LanTag tag)
    {
        tag = default;
        if (label.Length != 2 * Size) return false;
        if (!ulong.TryParse(label[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)) return false;
        if (!uint.TryParse(label[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low)) return false;
        tag = new LanTag(high, low);
        return true;
    }

    /// <summary>The tag as a label.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x8}");
}
