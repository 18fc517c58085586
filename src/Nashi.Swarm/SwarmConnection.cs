using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Swarm;

/// <summary>An encrypted connection to one peer of the swarm.</summary>
/// <remarks>Whoever reads it from <see cref="Swarm.Connections"/> uses it; the swarm closes it at the latest with itself. Disposing it closes it.</remarks>
public sealed class SwarmConnection : IAsyncDisposable
{
    private readonly Func<ConnectionInfo>? _info;

    internal SwarmConnection(SwarmTransport transport, bool isInitiator, IReadOnlyList<Topic> topics)
    {
        _info = transport.Info;
        Stream = transport.Stream;
        RemoteAddress = transport.RemoteAddress;
        Kind = transport.Kind;
        IsInitiator = isInitiator;
        Topics = topics;
    }

    /// <summary>The messages.</summary>
    public IMessageStream Stream { get; }

    /// <summary>Who the remote proved to be.</summary>
    public PublicKey RemotePublicKey => Stream.RemotePublicKey;

    /// <summary>Whether we called.</summary>
    public bool IsInitiator { get; }

    /// <summary>The topics under which we had found the peer; empty when it found us.</summary>
    public IReadOnlyList<Topic> Topics { get; }

    /// <summary>Where the remote was when the connection came about.</summary>
    public UdpAddress RemoteAddress { get; }

    /// <summary>How the two ends reach each other.</summary>
    public ConnectionKind Kind { get; }

    /// <summary>How the connection is made now, and how it fares.</summary>
    public ConnectionInfo GetInfo() => _info?.Invoke() ?? new ConnectionInfo { Kind = Kind, RemoteAddress = RemoteAddress };

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    /// <summary>Who is at the other end, and how.</summary>
    public override string ToString() => $"{Kind} connection {(IsInitiator ? "to" : "from")} {RemotePublicKey}";
}
