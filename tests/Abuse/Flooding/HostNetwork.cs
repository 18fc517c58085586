using System.Net;

namespace Nashi.Abuse.Flooding;

/// <summary>The addresses of this machine that a run takes place among: victim, honest peers, attackers.</summary>
/// <param name="network">The first address of a /16 that is all ours: the loopback, or what <c>tests/Abuse/run</c> has set up.</param>
internal sealed class HostNetwork(string network)
{
    private readonly byte[] _base = IPAddress.Parse(network).GetAddressBytes();

    /// <summary>The first address, as it was given.</summary>
    public string Name => network;

    /// <summary>Whether there is more than one address.</summary>
    public bool HasMany { get; } = OperatingSystem.IsLinux();

    public IPAddress Victim => At(1);

    public IPAddress Honest(int number) => HasMany ? At((256 * (number + 1)) + 9) : Victim;

    public IPAddress Attacker(int number) => HasMany ? At(16_384 + (number * 7)) : Victim;

    private IPAddress At(int number) => new([_base[0], _base[1], (byte)(_base[2] + (number >> 8)), (byte)number]);
}
