namespace Nashi.Laboratory.Topology;

/// <summary>How a router treats UDP (the words of RFC 4787).</summary>
internal enum Behaviour
{
    /// <summary>Public addresses, nothing filtered.</summary>
    Open,

    /// <summary>Public addresses behind a stateful firewall: only answers come in.</summary>
    Firewall,

    /// <summary>Mapping and filtering independent of the endpoint.</summary>
    FullCone,

    /// <summary>Mapping independent of the endpoint; in comes who was written to, from any port.</summary>
    AddressRestricted,

    /// <summary>Mapping independent of the endpoint; in comes only the very endpoint that was written to.</summary>
    PortRestricted,

    /// <summary>As above, and the port outside is the one inside where it is free: what Linux does by itself.</summary>
    Linux,

    /// <summary>A port at random for every endpoint written to.</summary>
    Symmetric,

    /// <summary>No UDP at all.</summary>
    NoUdp,
}
