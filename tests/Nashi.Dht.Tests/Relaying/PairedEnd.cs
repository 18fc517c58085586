using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Relaying;
using Nashi.Dht.Tests.Connecting;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht.Tests.Relaying;

/// <summary>A client of a relay with a bare stream through it, as any endpoint has.</summary>
internal sealed class PairedEnd : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    /// <summary>What both ends name.</summary>
    public static readonly Bytes32 Token = new(Enumerable.Repeat((byte)7, 32).ToArray());

    private readonly FakeNode _node;
    private readonly BlindRelayClient _client;
    private readonly UdxStream _stream;
    private readonly Task<uint> _paired;
    private bool _isConnected;

    private PairedEnd(FakeNode node, BlindRelayClient client, bool isInitiator)
    {
        (_node, _client) = (node, client);
        _stream = node.Udx.CreateStream(((IRandom)SystemRandom.Instance).NextUInt32());
        _paired = client.PairAsync(isInitiator, Token, _stream.LocalId);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<PairedEnd> StartAsync(FakeNode node, PublicKey relay, KeyPair keyPair, bool isInitiator) =>
        new(node, new BlindRelayClient(await node.ConnectAsync(relay, keyPair).WaitAsync(Patience, Cancelled)), isInitiator);

    public async Task SayAsync(byte word)
    {
        await ConnectAsync();
        await _stream.WriteAsync(new[] { word }, Cancelled);
    }

    public async Task<byte> HearAsync()
    {
        await ConnectAsync();
        var word = new byte[1];
        await _stream.ReadExactlyAsync(word, Cancelled).AsTask().WaitAsync(Patience, Cancelled);
        return word[0];
    }

    /// <summary>From now on its packets for the relay leave by another socket, as do the repeats of a reference that has moved.</summary>
    public void ChangeSocket() => _stream.ChangeRemote(_node.Udx.Bind(UdpAddress.FromIPv4(0x7f000001, 0)), _stream.RemoteId, _stream.Remote);

    /// <summary>Closes the connection to the relay; the stream lives on.</summary>
    public ValueTask LeaveAsync() => _client.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        _stream.Abort();
        await _client.DisposeAsync();
        await _stream.DisposeAsync();
    }

    private async Task ConnectAsync()
    {
        if (_isConnected) return;
        _isConnected = true;
        var raw = _client.Connection.Raw;
        _stream.Connect(raw.Socket!, await _paired.WaitAsync(Patience, Cancelled), raw.Remote);
    }
}
