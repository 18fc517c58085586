using System.Text;

namespace Nashi.Lan.Messages;

/// <summary>A domain name: labels of 1 to 63 bytes, 255 bytes in all. Equal without regard to ASCII case.</summary>
/// <remarks>Thread-safe: immutable.</remarks>
internal sealed class DnsName : IEquatable<DnsName>
{
    /// <summary>The longest name on the wire, its ending zero included.</summary>
    public const int MaxSize = 255;

    /// <summary>The longest label.</summary>
    public const int MaxLabel = 63;

    private readonly byte[] _wire;

    /// <summary>Takes a name as it is on the wire, uncompressed and with its ending zero; the caller has checked it.</summary>
    public DnsName(ReadOnlySpan<byte> wire) => _wire = wire.ToArray();

    /// <summary>The name as it is on the wire, uncompressed.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>Whether it has no labels.</summary>
    public bool IsRoot => _wire[0] == 0;

    /// <summary>The first label; empty for the root.</summary>
    public ReadOnlySpan<byte> Label => _wire.AsSpan(1, _wire[0]);

    /// <summary>The name without its first label.</summary>
    /// <exception cref="InvalidOperationException">It is the root.</exception>
    public DnsName Parent => IsRoot ? throw new InvalidOperationException("The root has no parent.") : new(_wire.AsSpan(1 + _wire[0]));

    /// <summary>Makes a name of labels.</summary>
    public static DnsName Of(params ReadOnlySpan<string> labels)
    {
        var name = new DnsName([0]);
        for (var i = labels.Length - 1; i >= 0; i--) name = name.Prepend(labels[i]);
        return name;
    }

    /// <summary>The name below this one with the given label.</summary>
    /// <exception cref="ArgumentException">The label or the name would be too long.</exception>
    public DnsName Prepend(string label)
    {
        var length = System.Text.Encoding.UTF8.GetByteCount(label);
        if (length is 0 or > MaxLabel || length + 1 + _wire.Length > MaxSize) throw new ArgumentException("A label has 1 to 63 bytes, a name at most 255.", nameof(label));
        var wire = new byte[length + 1 + _wire.Length];
        wire[0] = (byte)length;
        System.Text.Encoding.UTF8.GetBytes(label, wire.AsSpan(1));
        _wire.CopyTo(wire, 1 + length);
        return new DnsName(wire);
    }

    /// <summary>Whether this name is <paramref name="parent"/> with exactly one label before it.</summary>
    public bool IsChildOf(DnsName parent) => !IsRoot && SameBytes(_wire.AsSpan(1 + _wire[0]), parent._wire);

    /// <inheritdoc />
    public bool Equals(DnsName? other) => other is not null && SameBytes(_wire, other._wire);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as DnsName);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = 2166136261u;
        foreach (var b in _wire) hash = (hash ^ Fold(b)) * 16777619u;
        return (int)hash;
    }

    /// <summary>The labels with dots between, for people; what is not printable is shown as a question mark.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var at = 0; _wire[at] != 0; at += 1 + _wire[at])
        {
            if (at > 0) text.Append('.');
            foreach (var b in _wire.AsSpan(at + 1, _wire[at])) text.Append(b is > 32 and < 127 ? (char)b : '?');
        }

        return text.ToString();
    }

    private static bool SameBytes(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.Length != b.Length) return false;
        for (var i = 0; i < a.Length; i++)
        {
            if (Fold(a[i]) != Fold(b[i])) return false;
        }

        return true;
    }

    private static byte Fold(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
