using Nashi.Lan.Messages;

namespace Nashi.Lan.Protocol;

/// <summary>The TXT record of one tag: the sealed public keys that serve a topic; none for a peer.</summary>
internal static class SealedKeys
{
    /// <summary>How many keys of one instance may serve one topic.</summary>
    public const int MaxKeys = 8;

    /// <summary>Writes the record's content.</summary>
    public static byte[] Encode(IEnumerable<byte[]> keys)
    {
        var strings = new List<byte>();
        var number = 0;
        foreach (var key in keys.Take(MaxKeys)) TxtStrings.Append(strings, "k" + (char)('0' + number++), key);
        if (number == 0) strings.Add(0);
        return [.. strings];
    }

    /// <summary>Reads the record's content; what is malformed is left out.</summary>
    public static IReadOnlyList<byte[]> Decode(ReadOnlySpan<byte> strings)
    {
        var keys = new List<byte[]>();
        Span<byte> name = [(byte)'k', (byte)'0'];
        for (; keys.Count < MaxKeys && TxtStrings.TryFind(strings, name, out var key); name[1]++)
        {
            if (key.Length != LanSeal.Size) break;
            keys.Add(key.ToArray());
        }

        return keys;
    }
}
