using System.Buffers.Binary;
using Nashi.Datagrams;
using Nashi.Dht.Queries;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;

namespace Nashi.Dht.Protocol;

/// <content>How a node finds its place: looks around, learns its address, tests whether it can be reached, and begins to serve.</content>
internal sealed partial class DhtCore
{
    private const int NatWitnesses = 5;

    /// <summary>How long finding one's place waits for the test of the firewall. Answers of an open one take a round trip.</summary>
    private static readonly TimeSpan TestPatience = TimeSpan.FromMilliseconds(250);

    private NatSampler _nat = new();
    private UdpAddress _ownAddress;
    private int _anonymousSamples;
    private bool _isLookingAround;
    private bool _isTestingFirewall;

    /// <summary>Looks around for the first time.</summary>
    public void Start(Instant now)
    {
        if (HasEntrances)
        {
            LookAround(now);
            return;
        }

        if (!_options.MayBeFirst) return;

        // The first node of a network: nobody can tell where it is, so it is where it is bound.
        _nat.Add(_serverAddress);
        if (_options.IsEphemeral != true)
        {
            IsFirewalled = false;
            Settle(_serverAddress, now);
        }

        FinishBootstrap();
    }

    /// <summary>Tests whether others can reach the server socket, and begins to serve if so and if wanted.</summary>
    public void Reconsider(bool mayServe, Instant now, Action<Instant>? done = null)
    {
        if (!IsFirewalled)
        {
            if (mayServe && _nat.Address is { Port: not 0 } seen) Settle(seen, now);
            done?.Invoke(now);
            return;
        }

        TestFirewall(now, (open, at) =>
        {
            if (open is { } address)
            {
                IsFirewalled = false;
                _nat = new NatSampler();
                _nat.Add(address);
                if (mayServe) Settle(address, at);
                _events.StandingChanged();
            }

            done?.Invoke(at);
        });
    }

    /// <summary>Asks for the nodes around an id to freshen the table.</summary>
    public void Refresh(Instant now, Action<Instant>? done = null) => LookFor(_table.OwnId, now, done);

    private void LookAround(Instant now)
    {
        if (_isLookingAround) return;
        _isLookingAround = true;
        if (IsEphemeral && _options.IsEphemeral == false && !IsFirewalled) SettleFirst(now);
        else LookAtOnce(now);
    }

    private void LookAtOnce(Instant now) => Refresh(now, at =>
    {
        if (_options.IsEphemeral == true || _nat.Count == 0) EndLookAround();
        else TestWhileLookingAround(at);
    });

    // Whom nobody can reach hears nothing, and the test ends with its time-outs: no reason to let users wait.
    private void TestWhileLookingAround(Instant now)
    {
        Later(now + TestPatience, _ => EndLookAround());
        Reconsider(mayServe: _options.IsEphemeral == false, now, _ => EndLookAround());
    }

    // Who serves from the start needs only its address to know its place: one look around it will do.
    private void SettleFirst(Instant now)
    {
        var left = Math.Min(_entrances.Count, NatWitnesses);
        foreach (var entrance in _entrances.Take(left).ToArray())
        {
            Send(
                RpcCall.Ping(entrance, (_, at) =>
                {
                    if (--left > 0) return;
                    if (_nat.Address is { Port: not 0 } seen) Settle(seen, at, looksAround: false);
                    LookAtOnce(at);
                }),
                now);
        }
    }

    private void EndLookAround()
    {
        _isLookingAround = false;
        FinishBootstrap();
    }

    private void FinishBootstrap()
    {
        if (IsBootstrapped) return;
        IsBootstrapped = true;
        _events.Bootstrapped();
    }

    private void LookFor(Encoding.Bytes32 target, Instant now, Action<Instant>? done = null)
    {
        var finishedAt = now;
        StartQuery(
            new QueryOptions
            {
                Target = target,
                IsInternal = true,
                Command = InternalCommand.FindNode,
                MayWiden = false,
                Finished = outcome =>
                {
                    // Near other points of our table somebody may crowd, and be taken for the network.
                    if (target == _table.OwnId) Size.Observe(target, outcome.Ids);
                    Later(Instant.Zero, at => done?.Invoke(at));
                },
            },
            finishedAt);
    }

    // Three of five that answer to the server socket, and see it at the port it has, prove that it can be reached.
    private void TestFirewall(Instant now, Action<UdpAddress?, Instant> done)
    {
        var witnesses = _table.Latest.Take(NatWitnesses).Select(node => node.Address).ToList();
        if (witnesses.Count < NatWitnesses) witnesses.AddRange(_entrances.Where(address => !witnesses.Contains(address)).Take(NatWitnesses));
        if (witnesses.Count == 0 || _isTestingFirewall)
        {
            done(null, now);
            return;
        }

        _isTestingFirewall = true;
        var needed = witnesses.Count >= NatWitnesses ? 3 : 1;
        var left = witnesses.Count;
        var known = _nat.Address;
        var (seen, reached) = (new NatSampler(), 0);
        var value = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(value, (ushort)_serverAddress.Port);
        foreach (var witness in witnesses)
        {
            Send(
                new RpcCall
                {
                    To = witness,
                    IsInternal = true,
                    Command = InternalCommand.PingNat,
                    Value = value,
                    Retries = 1,
                    IsUrgent = true,
                    Socket = _client,
                    Done = (reply, at) =>
                    {
                        if (reply is not null && ReferenceEquals(reply.Socket, _server))
                        {
                            reached++;
                            seen.Add(reply.Seen);
                        }

                        if (--left > 0) return;
                        _isTestingFirewall = false;
                        var isOpen = reached >= needed && seen.Address is { } address && address.Port == _serverAddress.Port
                            && known is { } host && host.WithPort(0) == address.WithPort(0);
                        done(isOpen ? seen.Address : null, at);
                    },
                },
                now);
        }
    }

    // Moves to the place that belongs to the address, and takes along whom it knows.
    private void Settle(UdpAddress address, Instant now, bool looksAround = true)
    {
        if (!IsEphemeral && _ownAddress == address) return;
        var old = _table;
        (_table, _ownAddress, IsEphemeral) = (new RoutingTable(NodeId.Of(address)), address, false);
        foreach (var node in old.ByContact)
        {
            node.Order = null;
            _table.TryAdd(node);
        }

        _events.StandingChanged();
        if (HasEntrances && looksAround) Refresh(now);
    }
}
