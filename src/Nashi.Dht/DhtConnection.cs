using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.Udx;

namespace Nashi.Dht;

/// <summary>An encrypted connection to a peer that proved its key.</summary>
/// <remarks>Owned by whoever got it; dispose it to close it. Thread-safe as its <see cref="Stream"/> is.</remarks>
public sealed partial class DhtConnection : IAsyncDisposable
{
    private DhtConnection(SecretStream.SecretStream stream, UdxStream raw, bool isInitiator, ConnectionKind kind)
    {
        Stream = stream;
        Raw = raw;
        IsInitiator = isInitiator;
        Kind = kind;
        RemoteAddress = raw.Remote;
    }

    /// <summary>Starts the encryption on a stream that has been connected; the keys are wiped.</summary>
    internal static DhtConnection Open(UdxStream raw, NoiseResult keys, ConnectionKind kind, PunchSocket? punched, TimeSpan keepAlive, IConnectNode node)
    {
        using (keys)
        {
            var options = new SecretStreamOptions { KeepAlive = keepAlive, Clock = node.Clock, Random = node.Random };
            var connection = new DhtConnection(SecretStream.SecretStream.Open(raw, keys, options), raw, keys.IsInitiator, kind);
            connection._keepAlive = keepAlive;
            _ = connection.FollowAsync(punched);
            node.Track(connection);
            return connection;
        }
    }

    /// <summary>The encrypted stream.</summary>
    public SecretStream.SecretStream Stream { get; }

    /// <summary>The stream of datagrams below it.</summary>
    public UdxStream Raw { get; }

    /// <summary>Who the remote proved to be.</summary>
    public PublicKey RemotePublicKey => Stream.RemotePublicKey;

    /// <summary>Where the remote was when the connection came about.</summary>
    public UdpAddress RemoteAddress { get; }

    /// <summary>Whether we called.</summary>
    public bool IsInitiator { get; }

    /// <summary>How the two ends reach each other.</summary>
    public ConnectionKind Kind { get; }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    /// <summary>Learns that the path broke, even while nobody reads, and closes the socket that was only for this connection.</summary>
    private async Task FollowAsync(PunchSocket? socket)
    {
        var reason = await Raw.Closed.ConfigureAwait(false);
        if (reason.Kind != UdxCloseKind.Ended) Stream.Abort(new CloseReason(CloseKind.RawClosed, reason.Message));
        if (socket is not null) await socket.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Who is at the other end, and how.</summary>
    public override string ToString() => $"{Kind} connection {(IsInitiator ? "to" : "from")} {RemotePublicKey} at {RemoteAddress}";
}
