namespace Nashi.Encoding;

/// <summary>Making, parsing and writing typed 32-byte ids.</summary>
public static class Id32
{
    /// <summary>Copies 32 bytes into an id.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static TId From<TId>(ReadOnlySpan<byte> bytes)
        where TId : struct, IId32<TId> => TId.FromBytes(new Bytes32(bytes));

    /// <summary>Parses 52 characters of z-base-32 or 64 of hex. Output is always z-base-32 (<see cref="Bytes32.ToString"/>).</summary>
    public static bool TryParse<TId>(ReadOnlySpan<char> text, out TId id)
        where TId : struct, IId32<TId>
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        var ok = ZBase32.TryDecode(text, bytes) || Hex.TryDecode(text, bytes);
        id = ok ? From<TId>(bytes) : default;
        return ok;
    }

    /// <summary>Parses as <see cref="TryParse{TId}"/>.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static TId Parse<TId>(ReadOnlySpan<char> text)
        where TId : struct, IId32<TId> =>
        TryParse<TId>(text, out var id) ? id : throw new FormatException($"'{text}' is not a key: expected 52 characters of z-base-32 or 64 of hex.");

    /// <summary>Copies the id into <paramref name="destination"/>, which holds at least 32 bytes.</summary>
    public static void CopyTo<TId>(this TId id, Span<byte> destination)
        where TId : struct, IId32<TId> => id.Value.AsSpan().CopyTo(destination);

    /// <summary>The id as a new array.</summary>
    public static byte[] ToArray<TId>(this TId id)
        where TId : struct, IId32<TId> => id.Value.ToArray();
}
