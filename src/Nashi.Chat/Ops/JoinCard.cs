using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat.Ops;

/// <summary>What somebody who joins says of itself, and proves: which identity, and the keys of the device.</summary>
/// <remarks>Fits a DHT record with what surrounds it. The proof signs all of it together with what it is for, so it is good for nothing else.</remarks>
internal sealed record JoinCard(CoreKey Writer, CoreKey Content, CoreKey Files, Bytes32 Box, string Name, IdentityProof Proof)
{
    public const int MaxSize = 4096;

    private const byte Version = 1;

    /// <summary>Makes a card.</summary>
    /// <param name="purpose">The invite's key; for who makes a room, the room's.</param>
    /// <param name="keys">Who joins.</param>
    /// <param name="writer">The core of its ops.</param>
    /// <param name="content">The core of its texts.</param>
    /// <param name="files">The core of its files.</param>
    /// <param name="box">The key that epoch keys are sealed to.</param>
    /// <param name="name">How it wants to be called.</param>
    public static JoinCard Create(in Bytes32 purpose, ChatKeys keys, CoreKey writer, CoreKey content, CoreKey files, in Bytes32 box, string name) =>
        new(writer, content, files, box, name, keys.Proof.AttestData(Signed(purpose, writer, content, files, box, name), keys.Device));

    /// <summary>Whether it is an identity's, for this purpose.</summary>
    public bool TryVerify(in Bytes32 purpose, [NotNullWhen(true)] out VerifiedProof? proof) =>
        Proof.TryVerifyData(Signed(purpose, Writer, Content, Files, Box, Name), ProofRequirements.None, out proof);

    /// <summary>Parses a stranger's bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out JoinCard? card)
    {
        var reader = new CompactReader(bytes);
        card = null;
        return bytes.Length <= MaxSize && TryRead(ref reader, out card) && reader.IsEmpty;
    }

    internal static bool TryRead(ref CompactReader reader, [NotNullWhen(true)] out JoinCard? card)
    {
        card = null;
        if (!reader.TryReadByte(out var version) || version != Version) return false;
        if (!reader.TryReadFixed32(out var writer) || !reader.TryReadFixed32(out var content) || !reader.TryReadFixed32(out var files) || !reader.TryReadFixed32(out var box)) return false;
        if (!reader.TryReadString(Member.MaxName, out var name) || !reader.TryReadBuffer(MaxSize, out var proofBytes)) return false;
        if (!IdentityProof.TryDecode(proofBytes, out var proof)) return false;
        card = new(new(writer), new(content), new(files), box, name, proof);
        return true;
    }

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var writer = new CompactWriter(buffer);
        Write(ref writer);
        return buffer.WrittenSpan.ToArray();
    }

    internal void Write(ref CompactWriter writer)
    {
        writer.WriteByte(Version);
        writer.WriteFixed32(Writer.Value);
        writer.WriteFixed32(Content.Value);
        writer.WriteFixed32(Files.Value);
        writer.WriteFixed32(Box);
        writer.WriteString(Name);
        writer.WriteBuffer(Proof.Encode());
    }

    private static byte[] Signed(in Bytes32 purpose, CoreKey writer, CoreKey content, CoreKey files, in Bytes32 box, string name)
    {
        using var hasher = new Blake2bHasher(Bytes32.Size, "nashi chat join"u8);
        hasher.Update(purpose.AsSpan());
        hasher.Update(writer.Value.AsSpan());
        hasher.Update(content.Value.AsSpan());
        hasher.Update(files.Value.AsSpan());
        hasher.Update(box.AsSpan());
        hasher.Update(System.Text.Encoding.UTF8.GetBytes(name));
        return hasher.Finish32().ToArray();
    }
}
