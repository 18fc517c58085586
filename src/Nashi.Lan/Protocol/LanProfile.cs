using System.Buffers.Binary;
using Nashi.Lan.Messages;

namespace Nashi.Lan.Protocol;

/// <summary>What an instance says of itself in its TXT record: its salt, and its targets under it.</summary>
internal sealed record LanProfile
{
    /// <summary>How many tags are told unasked.</summary>
    public const int MaxTags = 64;

    private const int TagsPerString = 20;

    // Readers take a little more than writers send: room for later versions.
    private const int MaxStrings = 6;

    private static ReadOnlySpan<byte> Version => "1"u8;

    /// <summary>The salt.</summary>
    public required byte[] Salt { get; init; }

    /// <summary>Its targets, and some that mean nothing.</summary>
    public required IReadOnlySet<LanTag> Tags { get; init; }

    /// <summary>Whether it has more targets, to be asked for one by one.</summary>
    public bool HasMore { get; init; }

    /// <summary>Writes the TXT record's content.</summary>
    public byte[] Encode()
    {
        var strings = new List<byte>();
        TxtStrings.Append(strings, "v", Version);
        TxtStrings.Append(strings, "s", Salt);
        if (HasMore) TxtStrings.Append(strings, "m", "1"u8);
        var number = 0;
        // In an order that says nothing about who was first.
        foreach (var chunk in Tags.OrderBy(tag => tag.High).Chunk(TagsPerString))
        {
            var bytes = new byte[chunk.Length * LanTag.Size];
            for (var i = 0; i < chunk.Length; i++) chunk[i].Write(bytes.AsSpan(i * LanTag.Size));
            TxtStrings.Append(strings, "t" + (char)('0' + number++), bytes);
        }

        return [.. strings];
    }

    /// <summary>Reads a TXT record's content; null when it is of another version or malformed.</summary>
    public static LanProfile? TryDecode(ReadOnlySpan<byte> strings)
    {
        if (!TxtStrings.TryFind(strings, "v"u8, out var version) || !version.SequenceEqual(Version)) return null;
        if (!TxtStrings.TryFind(strings, "s"u8, out var salt) || salt.Length != LanTag.SaltSize) return null;
        var tags = new HashSet<LanTag>();
        Span<byte> key = [(byte)'t', (byte)'0'];
        for (; key[1] < '0' + MaxStrings && TxtStrings.TryFind(strings, key, out var bytes); key[1]++)
        {
            if (bytes.Length % LanTag.Size != 0) return null;
            for (; !bytes.IsEmpty; bytes = bytes[LanTag.Size..]) tags.Add(LanTag.Read(bytes));
        }

        return new LanProfile { Salt = salt.ToArray(), Tags = tags, HasMore = TxtStrings.TryFind(strings, "m"u8, out _) };
    }

    /// <summary>Whether both say the same.</summary>
    public bool SaysTheSameAs(LanProfile other) => Salt.AsSpan().SequenceEqual(other.Salt) && HasMore == other.HasMore && Tags.SetEquals(other.Tags);
}
