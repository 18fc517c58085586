using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Rpc;

/// <summary>Gives out tokens that prove who asks can be reached where it says, without remembering anybody.</summary>
/// <remarks>
/// Pure. A token is a keyed hash of the asker's host, not its port: translators change ports between two requests. Two secrets; the older one is still
/// accepted, so a token lives between one and two turns. A client may take seconds to collect its replies before it commits. Source: network.md §2.3.
/// </remarks>
internal sealed class TokenSecrets
{
    /// <summary>How long a secret gives out tokens.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(7.5);

    private readonly IRandom _random;
    private Bytes32 _current;
    private Bytes32 _previous;
    private Instant _turnedAt;

    /// <summary>Starts with random secrets.</summary>
    public TokenSecrets(IRandom random, Instant now)
    {
        _random = random;
        (_current, _previous, _turnedAt) = (Secret(), Secret(), now);
    }

    /// <summary>The token of a host.</summary>
    public Bytes32 Issue(UdpAddress host, Instant now)
    {
        Rotate(now);
        return Compute(_current, host);
    }

    /// <summary>Whether a token was given to this host lately. Takes the same time whatever is wrong.</summary>
    public bool Verify(in Bytes32 token, UdpAddress host, Instant now)
    {
        Rotate(now);
        return Compute(_current, host) == token | Compute(_previous, host) == token;
    }

    private static Bytes32 Compute(in Bytes32 secret, UdpAddress host)
    {
        Span<byte> bytes = stackalloc byte[16];
        return Blake2b.HashKeyed(secret.AsSpan(), bytes[..host.WriteBytes(bytes)]);
    }

    private void Rotate(Instant now)
    {
        if (now - _turnedAt < Turn) return;
        _previous = now - _turnedAt < 2 * Turn ? _current : Secret();
        _current = Secret();
        _turnedAt = now;
    }

    private Bytes32 Secret()
    {
        Bytes32 secret = default;
        _random.Fill(secret);
        return secret;
    }
}
