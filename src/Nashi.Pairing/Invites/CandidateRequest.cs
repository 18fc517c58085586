using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>A request to be admitted, made with an invite: says who asks, readable for members alone.</summary>
/// <remarks>The same invite and user data always make the same request, so that it can be repeated after a restart. Thread-safe: immutable.</remarks>
public sealed class CandidateRequest
{
    private readonly byte[] _encoded;
    private readonly Bytes32 _session;

    /// <summary>Makes the request.</summary>
    /// <param name="invite">The invite.</param>
    /// <param name="userData">What members learn of who asks, such as a device's key. At most about 60 kB; a DHT record holds about 700 bytes.</param>
    /// <param name="discoveryKey">Where members are, when the invite does not say.</param>
    /// <exception cref="ArgumentException">Neither the invite nor the caller says where members are, or the user data is too long.</exception>
    public CandidateRequest(Invite invite, ReadOnlyMemory<byte> userData, DiscoveryKey? discoveryKey = null)
    {
        ArgumentNullException.ThrowIfNull(invite);
        if (userData.Length > PairingRequest.MaxSize - 512) throw new ArgumentException("The user data is too long for a request.", nameof(userData));
        DiscoveryKey = invite.DiscoveryKey ?? discoveryKey ?? throw new ArgumentException("The invite does not say where members are found.", nameof(invite));
        UserData = userData;
        using var pair = invite.KeyPair();
        InviteKey = pair.PublicKey;
        Token = PairingHashes.Token(InviteKey, userData.Span);
        _session = PairingHashes.Session(Token);
        Id = PairingHashes.RequestId(_session);
        _encoded = new PairingRequest(invite.Id, _session.ToArray(), Seal(pair)).Encode();
    }

    /// <summary>Where members are found.</summary>
    public DiscoveryKey DiscoveryKey { get; }

    /// <summary>What members learn of who asks.</summary>
    public ReadOnlyMemory<byte> UserData { get; }

    /// <summary>By what answers name the request.</summary>
    public Bytes32 Id { get; }

    /// <summary>The invite's public key.</summary>
    public PublicKey InviteKey { get; }

    /// <summary>From which the keys of the DHT records are derived.</summary>
    internal Bytes32 Token { get; }

    /// <summary>The bytes to send.</summary>
    public ReadOnlyMemory<byte> Encode() => _encoded;

    /// <summary>Reads a member's answer.</summary>
    /// <returns>Null when it is no answer to this request, or not an honest one: it may be anybody's, wait for another.</returns>
    public PairingOutcome? TryRead(ReadOnlySpan<byte> response)
    {
        if (!PairingResponse.TryDecode(response, out var message) || message.RequestId != Id) return null;
        var key = PairingHashes.SessionKey(InviteKey, _session.AsSpan());
        if (PairingHashes.TryOpen(key.AsSpan(), _session.AsSpan(), message.Payload.Span) is not { } bytes) return null;
        if (!PairingAnswer.TryDecode(bytes, out var answer)) return null;
        if (answer.Keys is not { } keys) return new PairingOutcome(answer.Status, null);
        return keys.Key.ToDiscoveryKey() == DiscoveryKey && (keys.Additional?.IsOf(InviteKey) ?? true) ? new PairingOutcome(answer.Status, keys) : null;
    }

    private byte[] Seal(KeyPair pair)
    {
        var signature = new byte[Ed25519.SignatureSize];
        pair.Sign(PairingReceipt.Signable(_session, UserData.Span), signature);
        var message = new byte[signature.Length + CompactSize.Buffer(UserData.Length)];
        var writer = new CompactWriter(message);
        writer.WriteFixed(signature);
        writer.WriteBuffer(UserData.Span);
        return PairingHashes.Seal(InviteKey.Value.AsSpan(), _session.AsSpan(), message);
    }
}
