namespace Nashi.Simulation.Nodes;

/// <summary>What stands between a node and the network.</summary>
internal enum NatKind
{
    /// <summary>Nothing: everybody can reach it.</summary>
    Open,

    /// <summary>A translator with one port for all, which lets answers in.</summary>
    Consistent,

    /// <summary>A translator with another port for each it talks to.</summary>
    Random,
}
