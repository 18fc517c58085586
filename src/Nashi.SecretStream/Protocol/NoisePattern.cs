namespace Nashi.SecretStream.Protocol;

/// <summary>A Noise handshake pattern: who sends what, in which order. The initiator sends the even messages.</summary>
/// <param name="ProtocolName">The full protocol name, at most 64 bytes.</param>
/// <param name="KnowsResponder">Whether the initiator knows the responder's static key beforehand.</param>
/// <param name="Messages">The steps of each message.</param>
internal sealed record NoisePattern(string ProtocolName, bool KnowsResponder, NoiseToken[][] Messages)
{
    /// <summary>The initiator knows whom it calls: how peers of the DHT connect, in two messages.</summary>
    public static NoisePattern IK { get; } = new(
        "Noise_IK_Ed25519_ChaChaPoly_BLAKE2b",
        KnowsResponder: true,
        [
            [NoiseToken.E, NoiseToken.ES, NoiseToken.S, NoiseToken.SS],
            [NoiseToken.E, NoiseToken.EE, NoiseToken.SE],
        ]);

    /// <summary>Both learn each other's key: the stand-alone stream, in three messages.</summary>
    public static NoisePattern XX { get; } = new(
        "Noise_XX_Ed25519_ChaChaPoly_BLAKE2b",
        KnowsResponder: false,
        [
            [NoiseToken.E],
            [NoiseToken.E, NoiseToken.EE, NoiseToken.S, NoiseToken.ES],
            [NoiseToken.S, NoiseToken.SE],
        ]);
}
