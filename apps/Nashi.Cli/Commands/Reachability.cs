namespace Nashi.Cli.Commands;

/// <summary>How well this machine can be reached.</summary>
internal enum Reachability
{
    /// <summary>Nobody answers.</summary>
    Blocked,

    /// <summary>UDP is blocked; a TCP relay is gone round by.</summary>
    ByTcpRelay,

    /// <summary>Too few answered to tell.</summary>
    Unknown,

    /// <summary>By anybody.</summary>
    Open,

    /// <summary>Behind a translator or firewall that holes can be punched through.</summary>
    Consistent,

    /// <summary>Behind a translator that gives each destination another port.</summary>
    Random,
}
