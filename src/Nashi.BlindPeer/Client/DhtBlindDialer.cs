using Nashi.Dht;
using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.BlindPeer;

/// <summary>Connects through a node of the DHT.</summary>
internal sealed class DhtBlindDialer : IBlindDialer, IDisposable
{
    private readonly DhtNode _dht;
    private readonly DhtConnectOptions _options;

    public DhtBlindDialer(DhtNode dht, BlindPeeringOptions options)
    {
        _dht = dht;
        _options = new DhtConnectOptions { KeyPair = options.KeyPair, RelayThrough = options.RelayThrough };
        dht.NetworkChanged += HandleChange;
    }

    public event Action? Changed;

    public PublicKey PublicKey => (_options.KeyPair ?? _dht.DefaultKeyPair).PublicKey;

    public async ValueTask<IMessageStream> ConnectAsync(PublicKey peer, CancellationToken cancellationToken) =>
        (await _dht.ConnectAsync(peer, _options, cancellationToken).ConfigureAwait(false)).Stream;

    public void Dispose() => _dht.NetworkChanged -= HandleChange;

    private void HandleChange(DhtNode node) => Changed?.Invoke();
}
