using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;
using Nashi.Encoding;
using Nashi.Simulation.Engine;

namespace Nashi.Simulation.Nodes;

/// <summary>One attacker with many identities: they answer everything, know only each other, pretend to store, and never tell what they were told.</summary>
internal sealed class Sybils(World world)
{
    private readonly Dictionary<uint, SybilHost> _machines = [];
    private readonly List<(UdpAddress Address, Bytes32 Id)> _all = [];

    public int Count => _all.Count;

    /// <summary>How many addresses had to be tried: a node's id is the hash of its address.</summary>
    public long Tried { get; private set; }

    /// <summary>Takes addresses anywhere whose ids share so many bits with the target.</summary>
    public void AddAnywhere(int count, Bytes32 target, int sharedBits) => Add(count, target, sharedBits, world.Dice.NextUInt32);

    /// <summary>Takes the addresses nearest to the target that so many /24 networks of its own have.</summary>
    public void AddFromNetworks(int count, Bytes32 target, int sharedBits, int networks)
    {
        var bases = Enumerable.Range(0, networks).Select(_ => world.FreeIp() & 0xffffff00).ToArray();
        Add(count, target, sharedBits, () => bases[world.Dice.Next(networks)] | (uint)(1 + world.Dice.Next(254)));
    }

    /// <summary>Says hello to every node that serves.</summary>
    public void Introduce()
    {
        foreach (var (address, id) in _all)
        {
            var machine = _machines[address.IPv4];
            foreach (var node in world.Nodes.Where(node => node.Nat == NatKind.Open))
                world.Net.Send(machine, address.Port, new RpcRequest(1, node.Address, id, null, true, InternalCommand.Ping, null, null).Encode(), node.Address);
        }
    }

    /// <summary>Takes all of them away, and out of everybody's memory: the next attack is to find the network as this one did.</summary>
    public void Vanish()
    {
        foreach (var machine in _machines.Values) world.Net.Remove(machine);
        foreach (var node in world.Nodes)
        {
            foreach (var (_, id) in _all)
            {
                if (node.Core.Table.Find(id) is { } known) node.Core.Table.Remove(known);
            }
        }
    }

    private void Add(int count, Bytes32 target, int sharedBits, Func<uint> pickIp)
    {
        for (var added = 0; added < count;)
        {
            var address = UdpAddress.FromIPv4(pickIp(), 1024 + world.Dice.Next(60_000));
            Tried++;
            var id = NodeId.Of(address);
            if (NodeId.SharedBits(id, target) < sharedBits || AddressScope.IsBogon(address) || _all.Exists(known => known.Address == address)) continue;
            if (!_machines.ContainsKey(address.IPv4))
            {
                if (world.Net.IsTaken(address.IPv4)) continue;
                var machine = new SybilHost(this, address.IPv4) { Place = Place.Draw(world.Dice) };
                _machines.Add(address.IPv4, machine);
                world.Net.Add(machine);
            }

            _all.Add((address, id));
            added++;
        }
    }

    private void Answer(SybilHost machine, int port, ReadOnlySpan<byte> datagram, UdpAddress from)
    {
        if (!RpcRequest.TryDecode(datagram, out var asked)) return;
        var target = asked.Target ?? default;
        UdpAddress[] closer = asked.Target is null
            ? []
            : [.. _all.OrderBy(known => NodeId.Distance(target, known.Id)).Take(RoutingTable.K).Select(known => known.Address)];
        var id = NodeId.Of(UdpAddress.FromIPv4(machine.Ip, port));
        world.Net.Send(machine, port, new RpcResponse(asked.TransactionId, from, id, id, closer, 0, null).Encode(), from);
    }

    private sealed class SybilHost(Sybils owner, uint ip) : Host(ip)
    {
        public override void Receive(int port, ReadOnlySpan<byte> datagram, UdpAddress from, Instant now) => owner.Answer(this, port, datagram, from);

        public override void Wake(Instant now)
        {
        }
    }
}
