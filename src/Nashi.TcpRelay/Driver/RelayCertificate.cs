using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nashi.Cryptography;
using Nashi.Encoding;
using PublicKey = Nashi.Encoding.PublicKey;

namespace Nashi.TcpRelay.Driver;

/// <summary>The certificate of a relay: made anew at each start, and vouched for by the relay's Ed25519 key in an extension. No authority is involved.</summary>
/// <remarks>
/// The extension holds an OCTET STRING with the signature of "nashi tcp relay 1" and the certificate's public key (SubjectPublicKeyInfo, DER). TLS proves that the other
/// side holds the certificate's private key; the signature, that it belongs to the key in the link. The same is done by libp2p's TLS handshake.
/// </remarks>
internal static class RelayCertificate
{
    // An identifier made from a random UUID, which needs no registration (ITU-T X.667).
    private const string ExtensionId = "2.25.61025127199940598098570961473719058599";
    private const int YearsValid = 20;

    /// <summary>Makes one.</summary>
    public static X509Certificate2 Make(KeyPair relay, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=nashi", key, HashAlgorithmName.SHA256);
        var signature = new byte[Ed25519.SignatureSize];
        relay.Sign(MessageFor(key.ExportSubjectPublicKeyInfo()), signature);
        request.CertificateExtensions.Add(new X509Extension(ExtensionId, [0x04, Ed25519.SignatureSize, .. signature], critical: false));
        // Dates say nothing here, and the clocks of clients may be wrong.
        var now = clock.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddYears(-1), now.AddYears(YearsValid));
        // Windows serves TLS only with keys that it holds itself.
        return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null) : new X509Certificate2(made);
    }

    /// <summary>Whether a relay's key vouches for a certificate.</summary>
    public static bool IsVouchedFor(X509Certificate2 certificate, PublicKey relay)
    {
        try
        {
            var message = MessageFor(certificate.PublicKey.ExportSubjectPublicKeyInfo());
            return certificate.Extensions.Any(extension => TryReadSignature(extension.RawData, out var signature) && Ed25519.Verify(message, signature, relay));
        }
        catch (CryptographicException)
        {
            // A certificate that cannot be read is nobody's.
            return false;
        }
    }

    /// <summary>Reads what the extension holds. Known by its size: not every system can print so long an identifier.</summary>
    internal static bool TryReadSignature(ReadOnlySpan<byte> extension, out ReadOnlySpan<byte> signature)
    {
        // An OCTET STRING in DER: tag 4, length, content.
        var isOne = extension is [0x04, Ed25519.SignatureSize, ..] && extension.Length == 2 + Ed25519.SignatureSize;
        signature = isOne ? extension[2..] : default;
        return isOne;
    }

    private static byte[] MessageFor(byte[] publicKeyInfo) => [.. "nashi tcp relay 1"u8, .. publicKeyInfo];
}
