using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>More that a member hands to whom it admits, signed with the invite's key when the invite was made.</summary>
/// <param name="Data">The data.</param>
/// <param name="Signature">Its signature, 64 bytes.</param>
public sealed record SignedData(ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Signs data for those who will use an invite.</summary>
    public static SignedData Sign(Invite invite, ReadOnlyMemory<byte> data)
    {
        ArgumentNullException.ThrowIfNull(invite);
        var signature = new byte[Cryptography.Ed25519.SignatureSize];
        using var pair = invite.KeyPair();
        pair.Sign(data.Span, signature);
        return new SignedData(data, signature);
    }

    /// <summary>Whether the maker of the invite signed it.</summary>
    public bool IsOf(PublicKey invite) => Cryptography.Ed25519.Verify(Data.Span, Signature.Span, invite);
}
