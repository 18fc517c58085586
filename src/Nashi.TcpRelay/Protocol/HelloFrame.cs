using Nashi.Encoding;

namespace Nashi.TcpRelay.Protocol;

/// <summary>The body of the client's first frame: version (1), then nothing or the relay's secret (32).</summary>
internal static class HelloFrame
{
    /// <summary>The protocol's version.</summary>
    public const byte Version = 1;

    /// <summary>Reads one. More bytes than are known belong to a later version and are ignored.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out byte version, out Bytes32 secret)
    {
        (version, secret) = (0, default);
        if (body.Length == 0) return false;
        version = body[0];
        if (body.Length == 1) return true;
        if (body.Length < 1 + Bytes32.Size) return false;
        secret = new Bytes32(body.Slice(1, Bytes32.Size));
        return true;
    }

    /// <summary>Makes one.</summary>
    public static byte[] Make(Bytes32? secret) => secret is { } bytes ? [Version, .. bytes.AsSpan()] : [Version];
}
