using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.Simulation.Engine;

namespace Nashi.Simulation.Nodes;

/// <summary>A simulated DHT whose nodes come and go.</summary>
internal sealed class World
{
    private const int BootstrapCount = 3;

    private readonly WorldOptions _options;
    private readonly List<UdpAddress> _bootstrap = [];

    public World(WorldOptions options)
    {
        _options = options;
        Dice = new Dice(options.Seed);
        Net = new Net(Dice.NextUInt64(), options.Loss);
    }

    public Net Net { get; }

    public Dice Dice { get; }

    public List<NodeHost> Nodes { get; } = [];

    public IReadOnlyList<UdpAddress> Bootstrap => _bootstrap;

    public int Deaths { get; private set; }

    /// <summary>Has the nodes join, and lets the network settle.</summary>
    public void Grow()
    {
        var interval = TimeSpan.FromSeconds(1) / _options.JoinsPerSecond;
        for (var i = 0; i < _options.Nodes; i++)
        {
            Nodes.Add(Join(i < BootstrapCount || Dice.NextDouble() >= _options.Nat ? NatKind.Open : AnyNat()));
            if (i < BootstrapCount) _bootstrap.Add(Nodes[i].Address);
            Net.Run(interval);
        }

        if (!Net.RunUntil(() => Nodes.TrueForAll(node => node.Core.IsBootstrapped), TimeSpan.FromMinutes(2))) throw new InvalidOperationException($"seed {_options.Seed}: not all looked around");
        Net.Run(TimeSpan.FromSeconds(60));
    }

    /// <summary>From now on nodes die and others of their kind take their place.</summary>
    public void Churn()
    {
        if (_options.ChurnPerHour <= 0) return;
        Net.Plan(TimeSpan.FromSeconds(Dice.NextWait(_options.Nodes * _options.ChurnPerHour / 3600)), _ =>
        {
            var i = BootstrapCount + Dice.Next(Nodes.Count - BootstrapCount);
            Nodes[i].Die();
            Deaths++;
            Nodes[i] = Join(Nodes[i].Nat);
            Churn();
        });
    }

    public NodeHost Join(NatKind nat) => new(Net, FreeIp(), nat, nat == NatKind.Open && Nodes.Count == 0 ? [] : [.. _bootstrap], Dice);

    public NodeHost Any() => Nodes[Dice.Next(Nodes.Count)];

    public Bytes32 RandomId()
    {
        Bytes32 id = default;
        Dice.Fill(id);
        return id;
    }

    public KeyPair RandomPair() => KeyPair.Generate(new SeededRandom(Dice.NextUInt64()));

    /// <summary>A public address nobody has.</summary>
    public uint FreeIp()
    {
        while (true)
        {
            var ip = Dice.NextUInt32();
            var first = ip >> 24;
            var isPublic = first is > 1 and < 224 and not (10 or 100 or 127 or 169 or 172 or 192 or 198 or 203);
            if (isPublic && !Net.IsTaken(ip)) return ip;
        }
    }

    // A third of translators give another port for each destination.
    private NatKind AnyNat() => Dice.Next(3) == 0 ? NatKind.Random : NatKind.Consistent;
}
