using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>A member's answer, as it is before it is encrypted. Source: data.md §10.1.</summary>
/// <param name="Status">Whether the candidate is admitted.</param>
/// <param name="Keys">What it gets when it is.</param>
internal sealed record PairingAnswer(PairingStatus Status, PairedKeys? Keys = null)
{
    private const ulong HasEncryptionKey = 1;
    private const ulong HasAdditional = 2;

    /// <summary>Parses a stranger's bytes. An unknown status counts as a rejection.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PairingAnswer? answer)
    {
        answer = null;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var status)) return false;
        if (status != 0)
        {
            answer = new PairingAnswer(status <= (ulong)PairingStatus.Expired ? (PairingStatus)status : PairingStatus.Rejected);
            return true;
        }

        if (!reader.TryReadUInt(out var flags) || !reader.TryReadFixed32(out var key)) return false;
        Bytes32 encryptionKey = default;
        if ((flags & HasEncryptionKey) != 0 && !reader.TryReadFixed32(out encryptionKey)) return false;
        SignedData? additional = null;
        if ((flags & HasAdditional) != 0 && !TryReadAdditional(ref reader, out additional)) return false;
        answer = new PairingAnswer(
            PairingStatus.Accepted, new PairedKeys(new CoreKey(key), (flags & HasEncryptionKey) != 0 ? encryptionKey : null, additional));
        return true;
    }

    /// <summary>The bytes to encrypt.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        var writer = new CompactWriter(buffer);
        writer.WriteUInt((ulong)Status);
        if (Keys is { } keys)
        {
            writer.WriteUInt((keys.EncryptionKey is null ? 0 : HasEncryptionKey) | (keys.Additional is null ? 0 : HasAdditional));
            writer.WriteFixed32(keys.Key.Value);
            if (keys.EncryptionKey is { } encryptionKey) writer.WriteFixed32(encryptionKey);
            if (keys.Additional is { } additional)
            {
                writer.WriteBuffer(additional.Data.Span);
                writer.WriteFixed(additional.Signature.Span);
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static bool TryReadAdditional(ref CompactReader reader, out SignedData? additional)
    {
        additional = null;
        if (!reader.TryReadBuffer(out var data) || !reader.TryReadFixed(Ed25519.SignatureSize, out var signature)) return false;
        additional = new SignedData(data.ToArray(), signature.ToArray());
        return true;
    }
}
