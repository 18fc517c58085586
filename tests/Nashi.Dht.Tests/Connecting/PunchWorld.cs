using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;

namespace Nashi.Dht.Tests.Connecting;

/// <summary>A client and a server that punch, with a relay between them and translators before them, in virtual time.</summary>
internal sealed class PunchWorld : IDisposable
{
    private static readonly UdpAddress ClientHost = UdpAddress.FromIPv4(0x05050505, 50);
    private static readonly UdpAddress ServerHost = UdpAddress.FromIPv4(0x06060606, 60);
    private static readonly UdpAddress Relay = UdpAddress.FromIPv4(0x09090909, 90);
    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(10);

    private readonly PriorityQueue<Action, (Instant At, int Order)> _events = new();
    private readonly SecurePayload _clientSecrets = new(new byte[64], SystemRandom.Instance);
    private readonly SecurePayload _serverSecrets = new(new byte[64], SystemRandom.Instance);
    private readonly ClientPunch _client;
    private readonly ServerPunch _server;
    private readonly NatKind _clientKind;
    private readonly NatKind _serverKind;
    private bool _clientOpened;
    private bool _serverOpened;
    private int _order;
    private int _asked;
    private bool _isConnected;

    public PunchWorld(NatKind client, NatKind server)
    {
        (_clientKind, _serverKind) = (client, server);
        var offer = new HolepunchOffer(0, [new(Relay, ServerHost)]);
        _client = new(offer, ServerHost, Relay, NatKind.Unknown, client == NatKind.Open, _clientSecrets.TokenFor);
        _server = new(NatKind.Unknown, server == NatKind.Open, _serverSecrets.TokenFor, Now, _ => ServerAgrees);
        _client.Start();
    }

    public Instant Now { get; private set; }

    public Instant LosesKnocksUntil { get; init; }

    public bool ServerAgrees { get; init; } = true;

    public ConnectFailure? Failure { get; private set; }

    public int ClientKnocks { get; private set; }

    public bool RunUntilConnected()
    {
        for (var steps = 0; steps < 10_000 && !_isConnected && Failure is null; steps++)
        {
            Drain();
            var next = Instant.Min(_client.NextTimeout, _server.NextTimeout);
            if (_events.TryPeek(out _, out var first) && first.At <= next)
            {
                var what = _events.Dequeue();
                Now = first.At;
                what();
                continue;
            }

            if (next == Instant.Never) break;
            Now = Instant.Max(Now, next);
            _client.HandleTimeout(Now);
            _server.HandleTimeout(Now);
        }

        return _isConnected;
    }

    public void Dispose()
    {
        _clientSecrets.Dispose();
        _serverSecrets.Dispose();
    }

    private void Drain()
    {
        while (_client.TryTake(out var action)) DoForClient(action);
        while (_server.TryTake(out var action)) DoForServer(action);
    }

    private void DoForClient(PunchAction action)
    {
        switch (action)
        {
            case PunchAction.Knock knock:
                ClientKnocks++;
                _clientOpened = true;
                if (!knock.What.IsShort && IsAdmitted(_serverOpened, _serverKind)) Later(() => _server.HandleKnock(ClientHost), 1);
                break;
            case PunchAction.Sample:
                Sample(_clientKind, ClientHost, (seen, node) => _client.HandleSample(seen, node, Now), () => _client.HandleSamplingEnd(Now));
                break;
            case PunchAction.Ask ask:
                var request = _asked++;
                var message = _serverSecrets.TryOpen(_clientSecrets.Seal(ask.Payload))!;
                Later(() => _server.HandleMessage(request, message, ClientHost, true, Now), 2);
                break;
            case PunchAction.Connect:
                _isConnected = true;
                break;
            case PunchAction.Fail fail:
                Failure = fail.Why;
                break;
        }
    }

    private void DoForServer(PunchAction action)
    {
        switch (action)
        {
            case PunchAction.Knock knock:
                _serverOpened = true;
                if (!knock.What.IsShort && IsAdmitted(_clientOpened, _clientKind)) Later(() => _client.HandleKnock(ServerHost), 1);
                break;
            case PunchAction.Sample:
                Sample(_serverKind, ServerHost, (seen, node) => _server.HandleSample(seen, node, Now), () => _server.HandleSamplingEnd(Now));
                break;
            case PunchAction.Answer answer:
                var reply = _clientSecrets.TryOpen(_serverSecrets.Seal(answer.Payload));
                Later(() => _client.HandleAnswer(reply, ServerHost, Seen(_clientKind, ClientHost, 77), Relay, Now), 2);
                break;
        }
    }

    private bool IsAdmitted(bool isOpened, NatKind kind) => Now >= LosesKnocksUntil && (isOpened || kind == NatKind.Open);

    private void Sample(NatKind kind, UdpAddress host, Action<UdpAddress, UdpAddress> tell, Action end)
    {
        for (var i = 0; kind != NatKind.Unknown && i < 4; i++)
        {
            var index = i;
            Later(() => tell(Seen(kind, host, index), Relay.WithPort(100 + index)), 2);
        }

        Later(end, 3);
    }

    private static UdpAddress Seen(NatKind kind, UdpAddress host, int asker) => kind == NatKind.Random ? host.WithPort(1000 + asker) : host;

    private void Later(Action what, int hops) => _events.Enqueue(what, (Now + (hops * OneWay), _order++));
}
