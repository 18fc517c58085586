using System.Buffers.Binary;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.State;

namespace Nashi.Hypercore.Legacy;

/// <summary>What the log of a core of hypercore 10 says: who it is, how long, and what was not yet written to its other files. Spec: data.md §4.6.</summary>
internal sealed class LegacyOplog
{
    private const int PageSize = 4096;
    private const int MaxPartSize = 1 << 20;
    private const string NameKey = "corestore/name";

    private LegacyOplog()
    {
    }

    public CoreKey Key { get; private set; }

    /// <summary>Null for a core whose key is its signer's.</summary>
    public Manifest? Manifest { get; private set; }

    public byte[]? PublicKey { get; private set; }

    public byte[]? SecretKey { get; private set; }

    public Dictionary<string, byte[]> UserData { get; } = new(StringComparer.Ordinal);

    public ulong Fork { get; private set; }

    public ulong Length { get; private set; }

    public byte[] Signature { get; private set; } = [];

    /// <summary>Nodes of the file from this index on are of a tree that was cut.</summary>
    public ulong CutAt { get; private set; } = ulong.MaxValue;

    public Dictionary<ulong, TreeNode> Nodes { get; } = [];

    /// <summary>What came and went since the bitfield file was written, in order.</summary>
    public List<(ulong Start, ulong Length, bool IsHeld)> Changes { get; } = [];

    /// <summary>The name that the store found it by; null when it had none.</summary>
    public string? Name => UserData.TryGetValue(NameKey, out var name) ? System.Text.Encoding.UTF8.GetString(name) : null;

    /// <param name="bytes">The log.</param>
    /// <param name="readHeader">Reads from the file of headers that were too large for the log: start, length.</param>
    public static LegacyOplog? TryRead(ReadOnlySpan<byte> bytes, Func<ulong, ulong, byte[]?> readHeader)
    {
        var first = Frame.Read(bytes);
        var second = Frame.Read(bytes.Length > PageSize ? bytes[PageSize..] : default);
        if (first is null && second is null) return null;
        // Two slots are written in turn: their bits say which is the newer.
        var (one, two) = (first?.Bit ?? second!.Value.Bit ^ 1, second?.Bit ?? first!.Value.Bit);
        var bit = one ^ two;
        var header = bit == 1 ? second : first;
        if (header is null) return null;
        var log = new LegacyOplog();
        if (!log.TryReadHeader(bytes.Slice(bit == 1 ? PageSize + Frame.HeadSize : Frame.HeadSize, header.Value.Length), readHeader, mayBeElsewhere: true)) return null;
        return log.TryReadEntries(bytes.Length > 2 * PageSize ? bytes[(2 * PageSize)..] : default, bit) ? log : null;
    }

    private bool TryReadHeader(ReadOnlySpan<byte> bytes, Func<ulong, ulong, byte[]?> readHeader, bool mayBeElsewhere)
    {
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var version) || version > 1) return false;
        if (version == 0) return TryReadOldHeader(ref reader);
        if (!reader.TryReadUInt(out var flags)) return false;
        if ((flags & 1) != 0)
        {
            if (!mayBeElsewhere || !reader.TryReadUInt(out var start) || !reader.TryReadUInt(out var length)) return false;
            return readHeader(start, length) is { } elsewhere && TryReadHeader(elsewhere, readHeader, mayBeElsewhere: false);
        }

        if (!reader.TryReadFixed32(out var key)) return false;
        Key = new CoreKey(key);
        if ((flags & 2) != 0)
        {
            if (!ManifestCodec.TryRead(ref reader, out var manifest)) return false;
            Manifest = manifest;
        }

        return ((flags & 4) == 0 || TryReadKeyPair(ref reader)) && TryReadUserData(ref reader) && TryReadTree(ref reader);
    }

    private bool TryReadOldHeader(ref CompactReader reader)
    {
        for (var i = 0; i < 3; i++)
        {
            if (!reader.TryReadBuffer(MaxPartSize, out _)) return false;
        }

        if (!TryReadUserData(ref reader) || !TryReadTree(ref reader) || !TryReadKeyPair(ref reader) || PublicKey is not { Length: Bytes32.Size }) return false;
        Key = new CoreKey(PublicKey);
        return true;
    }

    private bool TryReadKeyPair(ref CompactReader reader)
    {
        if (!reader.TryReadBuffer(MaxPartSize, out var publicKey) || !reader.TryReadBuffer(MaxPartSize, out var secretKey)) return false;
        PublicKey = publicKey.IsEmpty ? null : publicKey.ToArray();
        SecretKey = secretKey.IsEmpty ? null : secretKey.ToArray();
        return true;
    }

    private bool TryReadUserData(ref CompactReader reader)
    {
        if (!reader.TryReadArrayLength(2, out var count)) return false;
        for (var i = 0; i < count; i++)
        {
            if (!TryReadKeyValue(ref reader)) return false;
        }

        return true;
    }

    private bool TryReadKeyValue(ref CompactReader reader)
    {
        if (!reader.TryReadString(MaxPartSize, out var key) || !reader.TryReadBuffer(out var value)) return false;
        UserData[key] = value.ToArray();
        return true;
    }

    private bool TryReadTree(ref CompactReader reader)
    {
        if (!reader.TryReadUInt(out var fork) || !reader.TryReadUInt(out var length) || length > TreeMath.MaxLength) return false;
        if (!reader.TryReadBuffer(out _) || !reader.TryReadBuffer(MaxPartSize, out var signature)) return false;
        (Fork, Length, Signature) = (fork, length, signature.ToArray());
        return true;
    }

    private bool TryReadEntries(ReadOnlySpan<byte> bytes, int bit)
    {
        // Entries that belong together count only when the last of them is there.
        var complete = 0;
        var ends = new List<(int At, int Length)>();
        for (var at = 0; Frame.Read(bytes[at..]) is { } frame && frame.Bit == bit; at += Frame.HeadSize + frame.Length)
        {
            ends.Add((at + Frame.HeadSize, frame.Length));
            if (!frame.IsPartial) complete = ends.Count;
        }

        foreach (var (at, length) in ends[..complete])
        {
            if (!TryReadEntry(bytes.Slice(at, length))) return false;
        }

        return true;
    }

    private bool TryReadEntry(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var flags)) return false;
        if ((flags & 1) != 0 && !TryReadKeyValue(ref reader)) return false;
        var nodes = new List<TreeNode>();
        if ((flags & 2) != 0 && !TryReadNodes(ref reader, nodes)) return false;
        if ((flags & 4) != 0 && !TryReadUpgrade(ref reader)) return false;
        foreach (var node in nodes) Nodes[node.Index] = node;
        return (flags & 8) == 0 || TryReadChange(ref reader);
    }

    private static bool TryReadNodes(ref CompactReader reader, List<TreeNode> nodes)
    {
        if (!reader.TryReadArrayLength(2 + Bytes32.Size, out var count)) return false;
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt(out var index) || !reader.TryReadUInt(out var size) || !reader.TryReadFixed32(out var hash)) return false;
            nodes.Add(new TreeNode(index, size, hash));
        }

        return true;
    }

    private bool TryReadUpgrade(ref CompactReader reader)
    {
        if (!reader.TryReadUInt(out var fork) || !reader.TryReadUInt(out var ancestors) || !reader.TryReadUInt(out var length) || length > TreeMath.MaxLength) return false;
        if (!reader.TryReadBuffer(MaxPartSize, out var signature)) return false;
        if (ancestors < Length)
        {
            CutAt = Math.Min(CutAt, ancestors * 2);
            foreach (var index in Nodes.Keys.Where(index => index >= ancestors * 2).ToArray()) _ = Nodes.Remove(index);
        }

        (Fork, Length, Signature) = (fork, length, signature.ToArray());
        return true;
    }

    private bool TryReadChange(ref CompactReader reader)
    {
        if (!reader.TryReadUInt(out var flags) || !reader.TryReadUInt(out var start) || !reader.TryReadUInt(out var length)) return false;
        if (start > TreeMath.MaxLength || length > TreeMath.MaxLength) return false;
        Changes.Add((start, length, (flags & 1) == 0));
        return true;
    }

    /// <summary>A checksum, the length with two bits, and the body.</summary>
    private readonly record struct Frame(int Length, int Bit, bool IsPartial)
    {
        public const int HeadSize = 8;

        public static Frame? Read(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < HeadSize) return null;
            var word = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            var length = (int)(word >> 2);
            if (length > bytes.Length - HeadSize) return null;
            if (Crc32.Of(bytes.Slice(4, 4 + length)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes)) return null;
            return new Frame(length, (int)(word & 1), (word & 2) != 0);
        }
    }
}
