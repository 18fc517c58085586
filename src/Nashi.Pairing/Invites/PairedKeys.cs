using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>What a member gives to whom it admits.</summary>
/// <param name="Key">The key of what the invite invites to.</param>
/// <param name="EncryptionKey">The key its blocks are encrypted with; null when they are not.</param>
/// <param name="Additional">More, signed when the invite was made; null for none.</param>
public sealed record PairedKeys(CoreKey Key, Bytes32? EncryptionKey = null, SignedData? Additional = null)
{
    /// <summary>Names the core; never the secrets.</summary>
    public override string ToString() => $"keys of {Key}";
}
