using System.Buffers;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;

namespace Nashi.Hypercore.State;

/// <summary>A manifest as stores keep it: always in the layout of versions 1 and later. Spec: data.md §4.4, N8.</summary>
internal static class StoredManifest
{
    public static byte[] Encode(Manifest manifest)
    {
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new CompactWriter(output);
        writer.WriteUInt((ulong)manifest.Version);
        ManifestCodec.WriteBody(ref writer, manifest);
        return output.WrittenSpan.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Manifest manifest)
    {
        manifest = new Manifest();
        var reader = new CompactReader(bytes);
        return reader.TryReadUInt(out var version) && version <= Manifest.MaxVersion && ManifestCodec.TryReadBody(ref reader, (int)version, ref manifest);
    }
}
