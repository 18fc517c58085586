using System.Buffers;
using System.Collections.Immutable;
using Nashi.Encoding;

namespace Nashi.Hypercore.Manifests;

/// <summary>The bytes of a <see cref="Manifest"/>, as hashed into the key and as sent to peers. Spec: data.md §2.2.</summary>
public static class ManifestCodec
{
    private const int SignerSize = 1 + 32 + 32;

    /// <summary>Encodes a manifest.</summary>
    public static byte[] Encode(Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new CompactWriter(output);
        Write(ref writer, manifest);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes a manifest.</summary>
    public static void Write(ref CompactWriter writer, Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        writer.WriteUInt((ulong)manifest.Version);
        if (manifest.Version == 0) WriteVersion0(ref writer, manifest);
        else WriteBody(ref writer, manifest);
    }

    /// <summary>Reads a manifest written by a stranger. False on anything that would not hash back to the same key: unknown versions, hashes, signatures or flags.</summary>
    public static bool TryRead(ref CompactReader reader, out Manifest manifest)
    {
        manifest = new Manifest();
        if (!reader.TryReadUInt(out var version) || version > Manifest.MaxVersion) return false;
        return version == 0 ? TryReadVersion0(ref reader, ref manifest) : TryReadBody(ref reader, (int)version, ref manifest);
    }

    /// <summary>Reads a manifest that fills the whole of <paramref name="bytes"/>.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Manifest manifest)
    {
        var reader = new CompactReader(bytes);
        return TryRead(ref reader, out manifest) && reader.IsEmpty;
    }

    /// <summary>Writes everything after the version in the layout of versions 1 and later. Storage uses it for version 0 too (data.md N8).</summary>
    internal static void WriteBody(ref CompactWriter writer, Manifest manifest)
    {
        var flags = (manifest.AllowPatch ? Flags.AllowPatch : Flags.None)
            | (manifest.Prologue is not null ? Flags.Prologue : Flags.None)
            | (!manifest.Linked.IsDefault ? Flags.Linked : Flags.None)
            | (manifest.UserData is not null ? Flags.UserData : Flags.None);
        writer.WriteUInt((ulong)flags);
        writer.WriteUInt(0);
        writer.WriteUInt((ulong)manifest.Quorum);
        WriteSigners(ref writer, manifest.Signers);
        if (manifest.Prologue is { } prologue)
        {
            writer.WriteFixed32(prologue.Hash);
            writer.WriteUInt(prologue.Length);
        }

        if (!manifest.Linked.IsDefault)
        {
            writer.WriteUInt((ulong)manifest.Linked.Length);
            foreach (var key in manifest.Linked) writer.WriteFixed32(key.Value);
        }

        if (manifest.UserData is { } data) writer.WriteBuffer(data.Span);
    }

    /// <summary>Reads what <see cref="WriteBody"/> wrote.</summary>
    internal static bool TryReadBody(ref CompactReader reader, int version, ref Manifest manifest)
    {
        if (!reader.TryReadUInt(out var wide) || wide > (ulong)Flags.All) return false;
        var flags = (Flags)wide;
        if (!reader.TryReadUInt(out var hash) || hash != 0) return false;
        if (!reader.TryReadUInt(out var quorum) || quorum > Manifest.MaxSigners) return false;
        if (!TryReadSigners(ref reader, out var signers)) return false;
        manifest = new Manifest { Version = version, AllowPatch = flags.HasFlag(Flags.AllowPatch), Quorum = (int)quorum, Signers = signers };
        if (flags.HasFlag(Flags.Prologue))
        {
            if (!reader.TryReadFixed32(out var treeHash) || !reader.TryReadUInt(out var length)) return false;
            manifest = manifest with { Prologue = new(treeHash, length) };
        }

        if (flags.HasFlag(Flags.Linked))
        {
            if (!TryReadLinked(ref reader, out var linked)) return false;
            manifest = manifest with { Linked = linked };
        }

        if (!flags.HasFlag(Flags.UserData)) return true;
        if (!reader.TryReadBuffer(out var userData)) return false;
        manifest = manifest with { UserData = userData.ToArray() };
        return true;
    }

    private static void WriteVersion0(ref CompactWriter writer, Manifest manifest)
    {
        writer.WriteUInt(0);
        if (manifest.Prologue is { } prologue && manifest.Signers.IsEmpty)
        {
            writer.WriteUInt(0);
            writer.WriteFixed32(prologue.Hash);
            return;
        }

        if (manifest is { Quorum: 1, Signers.Length: 1, AllowPatch: false })
        {
            writer.WriteUInt(1);
            WriteSigner(ref writer, manifest.Signers[0]);
            return;
        }

        writer.WriteUInt(2);
        writer.WriteUInt(manifest.AllowPatch ? 1UL : 0);
        writer.WriteUInt((ulong)manifest.Quorum);
        WriteSigners(ref writer, manifest.Signers);
    }

    private static bool TryReadVersion0(ref CompactReader reader, ref Manifest manifest)
    {
        if (!reader.TryReadUInt(out var hash) || hash != 0 || !reader.TryReadUInt(out var type)) return false;
        switch (type)
        {
            case 0:
                var hasPrologue = reader.TryReadFixed32(out var treeHash);
                manifest = new Manifest { Version = 0, Prologue = new(treeHash, 0) };
                return hasPrologue;
            case 1:
                var hasSigner = TryReadSigner(ref reader, out var signer);
                manifest = new Manifest { Version = 0, Quorum = 1, Signers = [signer] };
                return hasSigner;
            case 2:
                if (!reader.TryReadUInt(out var flags) || flags > 1) return false;
                if (!reader.TryReadUInt(out var quorum) || quorum > Manifest.MaxSigners) return false;
                if (!TryReadSigners(ref reader, out var signers)) return false;
                manifest = new Manifest { Version = 0, AllowPatch = flags == 1, Quorum = (int)quorum, Signers = signers };
                return true;
            default:
                return false;
        }
    }

    private static void WriteSigners(ref CompactWriter writer, ImmutableArray<ManifestSigner> signers)
    {
        writer.WriteUInt((ulong)signers.Length);
        foreach (var signer in signers) WriteSigner(ref writer, signer);
    }

    private static void WriteSigner(ref CompactWriter writer, in ManifestSigner signer)
    {
        writer.WriteUInt(0);
        writer.WriteFixed32(signer.Namespace);
        writer.WriteFixed32(signer.PublicKey.Value);
    }

    private static bool TryReadSigner(ref CompactReader reader, out ManifestSigner signer)
    {
        signer = default;
        if (!reader.TryReadUInt(out var kind) || kind != 0) return false;
        if (!reader.TryReadFixed32(out var context) || !reader.TryReadFixed32(out var key)) return false;
        signer = new(context, new PublicKey(key));
        return true;
    }

    private static bool TryReadSigners(ref CompactReader reader, out ImmutableArray<ManifestSigner> signers)
    {
        signers = [];
        if (!reader.TryReadArrayLength(SignerSize, out var count) || count > Manifest.MaxSigners) return false;
        var builder = ImmutableArray.CreateBuilder<ManifestSigner>(count);
        for (var i = 0; i < count; i++)
        {
            if (!TryReadSigner(ref reader, out var signer)) return false;
            builder.Add(signer);
        }

        signers = builder.MoveToImmutable();
        return true;
    }

    private static bool TryReadLinked(ref CompactReader reader, out ImmutableArray<CoreKey> linked)
    {
        linked = default;
        if (!reader.TryReadArrayLength(Bytes32.Size, out var count)) return false;
        var builder = ImmutableArray.CreateBuilder<CoreKey>(count);
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var key)) return false;
            builder.Add(new CoreKey(key));
        }

        linked = builder.MoveToImmutable();
        return true;
    }

    [Flags]
    private enum Flags
    {
        None = 0,
        AllowPatch = 1,
        Prologue = 2,
        Linked = 4,
        UserData = 8,
        All = 15,
    }
}
