namespace Nashi.SecretStream.Protocol;

/// <summary>One step of a Noise message pattern. Two-letter steps mix a shared point: the initiator's key first, the responder's second.</summary>
internal enum NoiseToken
{
    /// <summary>The sender's ephemeral key, in clear.</summary>
    E,

    /// <summary>The sender's static key, encrypted once there is a key.</summary>
    S,

    /// <summary>Ephemeral with ephemeral.</summary>
    EE,

    /// <summary>The initiator's ephemeral with the responder's static.</summary>
    ES,

    /// <summary>The initiator's static with the responder's ephemeral.</summary>
    SE,

    /// <summary>Static with static.</summary>
    SS,
}
