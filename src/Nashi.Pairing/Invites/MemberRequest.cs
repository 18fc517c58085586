using System.Diagnostics.CodeAnalysis;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>A candidate's request as a member sees it: closed until it is opened with the invite's key, answered once.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class MemberRequest
{
    private readonly PairingRequest _request;
    private readonly Bytes32 _session;
    private PublicKey? _invite;

    private MemberRequest(PairingRequest request)
    {
        _request = request;
        _session = new Bytes32(request.Session.Span);
    }

    /// <summary>Which invite it claims to use.</summary>
    public Bytes32 InviteId => _request.InviteId;

    /// <summary>By what the request is known: the same for each repetition.</summary>
    public Bytes32 Session => _session;

    /// <summary>Proof of the request, to keep; null until it is opened.</summary>
    public PairingReceipt? Receipt { get; private set; }

    /// <summary>What the candidate says of itself; empty until it is opened.</summary>
    public ReadOnlyMemory<byte> UserData => Receipt?.UserData ?? default;

    /// <summary>The answer's bytes; empty until there is one, and when the request is met with silence.</summary>
    public ReadOnlyMemory<byte> Response { get; private set; }

    /// <summary>Whether it was answered, or met with silence.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>From which the keys of the DHT records are derived; only of an opened request.</summary>
    internal Bytes32 Token => PairingHashes.Token(_invite!.Value, UserData.Span);

    /// <summary>Parses a stranger's bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MemberRequest? request)
    {
        request = PairingRequest.TryDecode(bytes, out var message) ? new MemberRequest(message) : null;
        return request is not null;
    }

    /// <summary>Whether another is the same, byte for byte.</summary>
    internal bool IsSame(MemberRequest other) => _request.Encode().AsSpan().SequenceEqual(other._request.Encode());

    /// <summary>Opens it with the public key of the invite it names.</summary>
    /// <returns>False when it was not made with that invite: forged, or for another.</returns>
    public bool TryOpen(PublicKey invite)
    {
        if (_invite == invite) return true;
        if (PairingHashes.InviteId(invite) != InviteId) return false;
        if (PairingHashes.TryOpen(invite.Value.AsSpan(), _session.AsSpan(), _request.Auth.Span) is not { } bytes) return false;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadFixed(Ed25519.SignatureSize, out var signature) || !reader.TryReadBuffer(out var userData)) return false;
        var receipt = new PairingReceipt(_session, signature.ToArray(), userData.ToArray());
        if (!receipt.IsOf(invite)) return false;
        (_invite, Receipt) = (invite, receipt);
        return true;
    }

    /// <summary>Admits.</summary>
    /// <exception cref="InvalidOperationException">It was not opened, or is answered already.</exception>
    public void Confirm(PairedKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        Answer(new PairingAnswer(PairingStatus.Accepted, keys));
    }

    /// <summary>Turns the candidate away, and says so.</summary>
    /// <exception cref="ArgumentException">The status is no refusal.</exception>
    /// <exception cref="InvalidOperationException">It was not opened, or is answered already.</exception>
    public void Deny(PairingStatus status = PairingStatus.Rejected)
    {
        if (status is PairingStatus.Accepted) throw new ArgumentException("To accept is no denial.", nameof(status));
        Answer(new PairingAnswer(status));
    }

    /// <summary>Never answers.</summary>
    public void Ignore() => IsAnswered = true;

    private void Answer(PairingAnswer answer)
    {
        if (_invite is not { } invite) throw new InvalidOperationException("Open the request before answering it.");
        if (IsAnswered) throw new InvalidOperationException("The request is answered already.");
        IsAnswered = true;
        var key = PairingHashes.SessionKey(invite, _session.AsSpan());
        Response = new PairingResponse(PairingHashes.RequestId(_session), PairingHashes.Seal(key.AsSpan(), _session.AsSpan(), answer.Encode())).Encode();
    }
}
